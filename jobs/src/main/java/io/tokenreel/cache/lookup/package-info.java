/** The rows of one video by its id: of Parquet without a Spark session, of a catalog with one. */
package io.tokenreel.cache.lookup;
