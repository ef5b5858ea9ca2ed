/**
 * The token functions of Spark SQL: {@link io.tokenreel.sql.TokenFunctions} lists them, {@link
 * io.tokenreel.sql.TokenReelExtensions} brings them into a session, {@link
 * io.tokenreel.sql.TokenColumns} offers them to Java, {@link io.tokenreel.sql.udf} to sessions that
 * take no extension.
 *
 * <p>Each function is a record over plain token blocks. What a query plan needs is in {@link
 * io.tokenreel.sql.TokenExpression} and the {@link io.tokenreel.sql.TokenCall} it makes per row;
 * {@link io.tokenreel.sql.SqlValues} is what either form of a value looks like to a function.
 */
package io.tokenreel.sql;
