/**
 * The tables of a cache, as Parquet below its folder or in a catalog, and their committed rows.
 * What is public beside {@link io.tokenreel.cache.store.CommittedRows} and what it takes and gives
 * is so for the packages of {@code cache}.
 */
package io.tokenreel.cache.store;
