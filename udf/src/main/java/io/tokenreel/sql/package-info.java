/**
 * The token functions of Spark SQL: {@link io.tokenreel.sql.TokenFunctions} lists them, {@link
 * io.tokenreel.sql.TokenReelExtensions} brings them into a session, {@link
 * io.tokenreel.sql.TokenColumns} offers them to Java.
 *
 * <p>Each function is a record over plain token blocks. What a query plan needs is in {@link
 * io.tokenreel.sql.TokenExpression} and the {@link io.tokenreel.sql.TokenCall} it makes per row.
 */
package io.tokenreel.sql;
