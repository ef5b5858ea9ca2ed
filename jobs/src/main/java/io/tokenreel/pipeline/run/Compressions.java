package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.aggregate;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.nullif;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.sql.StoredDtype;
import io.tokenreel.sql.TokenColumns;
import io.tokenreel.sql.TokenSchemas;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The compressions of a job, and what it reads from their results.
 *
 * <p>In a cache a video that one of them refuses is a FAILED row and has no cells, of the others
 * neither: its rows in a table are all there or none is. A sweep takes what the others give.
 *
 * <p>All results are in one column: of columns of their own, put together later, Spark's optimizer
 * derives every combination as a constraint as soon as there is a filter behind them, and two dozen
 * exhaust a driver's memory.
 *
 * @param specs canonical specs; none where only features are wanted
 * @param inputCol the column of token blocks
 */
record Compressions(List<String> specs, String inputCol) {

  /** The column of results, which is in none of the cache's tables. */
  static final String COLUMN = "compressed";

  private static final ArrayType RESULTS =
      DataTypes.createArrayType(
          new StructType()
              .add(CacheKey.COMPRESSION, DataTypes.StringType, false)
              .add("kept", TokenSchemas.COMPRESSION_ATTEMPT));

  Compressions {
    specs = List.copyOf(specs);
  }

  /**
   * Appends {@value #COLUMN}: per spec a struct of {@code compression} and {@code kept}, which is
   * {@link TokenSchemas#COMPRESSION_ATTEMPT}, NULL where there was nothing to compress.
   */
  Dataset<Row> append(Dataset<Row> rows) {
    Column[] results = specs.stream().map(this::result).toArray(Column[]::new);
    return rows.withColumn(COLUMN, array(results).cast(RESULTS));
  }

  private Column result(String spec) {
    return struct(
        lit(spec).as(CacheKey.COMPRESSION),
        TokenColumns.tryCompressTokens(col(inputCol), spec, StoredDtype.SAME).as("kept"));
  }

  /** Wall time over all compressions; NULL where there was nothing to compress. */
  Column millis() {
    return aggregate(
        col(COLUMN), lit(0L), (sum, one) -> sum.plus(one.getField("kept").getField("compress_ms")));
  }

  /** Which compressions refused the video's tokens and why; NULL where none did. */
  Column refusal() {
    return nullif(concat_ws("; ", transform(col(COLUMN), Compressions::error)), lit(""));
  }

  /** The results as {@code cells}; NULL where a compression refused the video. */
  Column cells() {
    return when(refusal().isNull(), attempted()).as("cells");
  }

  /** The results as {@code cells}, refusals among them. */
  Column attempted() {
    return when(col(inputCol).isNotNull(), col(COLUMN)).as("cells");
  }

  /**
   * Of {@code cells} those that were not refused.
   *
   * <p>To be exploded as it is, not as a column: for a column Spark derives that it is not empty,
   * moves that filter below the compressions, and computes them once more for it.
   */
  static Column accepted() {
    return filter(col("cells"), cell -> error(cell).isNull());
  }

  private static Column error(Column cell) {
    return cell.getField("kept").getField("error");
  }
}
