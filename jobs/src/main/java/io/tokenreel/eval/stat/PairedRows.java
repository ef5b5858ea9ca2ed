package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.tokenreel.eval.result.Cell;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Questions that a cell and its baseline both have a score of. */
final class PairedRows {

  /** Counts of questions that one of the two alone gets right. */
  static final List<String> COUNTED = List.of("only_baseline", "only_cell");

  private static final String[] QUESTION = {"model", "sampling", "task", "version", "doc_id"};
  private static final double RIGHT = 0.5; // a score above it counts as right

  private PairedRows() {}

  /**
   * The rows of cells other than baselines, with {@code value}, their score less the baseline's,
   * and the counted columns as 0 or 1.
   */
  static Dataset<Row> of(Dataset<Row> scored) {
    Cell all = new Cell("", "", "", "").baseline();
    Column isBaseline =
        col("compression").equalTo(all.compression()).and(col("kv").equalTo(all.kv()));
    Dataset<Row> baseline =
        scored
            .filter(isBaseline)
            .withColumnRenamed("score", "baseline")
            .drop("compression", "kv", "cluster", "groups");
    Column cellRight = col("score").gt(RIGHT);
    Column baselineRight = col("baseline").gt(RIGHT);
    return scored
        .filter(not(isBaseline))
        .join(baseline, QUESTION)
        .withColumn("value", col("score").minus(col("baseline")))
        .withColumn("only_baseline", baselineRight.and(not(cellRight)).cast("long"))
        .withColumn("only_cell", cellRight.and(not(baselineRight)).cast("long"));
  }
}
