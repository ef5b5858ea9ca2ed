/**
 * The token functions as classes for {@code spark.udf.registerJavaFunction}, one for each number of
 * arguments, for sessions that take no extension. docs/sql.md lists them with what they return.
 */
package io.tokenreel.sql.udf;
