package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * The sums under a mean and its clustered standard error (Miller, Adding Error Bars to Evals,
 * arXiv:2411.00640, section 2.2), for a mean over all questions and for a mean of means alike.
 *
 * <p>Question i with score s_i lies in cluster c, its video, and in stratum g of n_g questions.
 * With n questions and K strata let w_i = 1 / (K n_g) and r_i = s_i - mean of g. Then
 *
 * <pre>
 * mean = sum_i w_i s_i
 * se²  = sum_c (sum_{i in c} w_i r_i)² + sum_g w_g² sum_{i in g} r_i² / (n_g - 1)
 * </pre>
 *
 * <p>The second term makes the squares of the first unbiased: r_i² (1 + 1 / (n_g - 1)) = r_i² n_g /
 * (n_g - 1). A stratum without questions adds nothing to either line.
 *
 * <p>A mean over all questions has K = 1 and w_i = 1 / n, which takes n out of the root:
 *
 * <pre>
 * se = n⁻¹ sqrt( sum_c (sum_{i in c} r_i)² + sum_i r_i² / (n - 1) )
 *    = sqrt( sd² / n + n⁻² sum_c sum_{i != j in c} r_i r_j ),  sd² = sum_i r_i² / (n - 1)
 * </pre>
 *
 * <p>since sd² / n = n⁻² (sum_i r_i² + sum_i r_i² / (n - 1)): upstream's {@code _stderr_clustered}
 * (lmms_eval/api/metrics.py).
 *
 * <p>In the code weights are n w_i, so that those of a mean over all questions are exactly 1, and
 * both lines are divided by n in the end ({@link ClusteredMean}).
 */
final class ClusteredSums {

  private ClusteredSums() {}

  /**
   * One row per cell, task, version and group: the key, {@code questions}, {@code clusters}, {@code
   * total} (n times the mean), {@code squares} (n² se²) and the sums of the counted columns.
   *
   * @param rows of {@link ScoreGroups}, with a score or a difference in {@code value}
   * @param counted columns of whole numbers
   */
  static Dataset<Row> of(Dataset<Row> rows, List<String> counted) {
    WindowSpec group = Window.partitionBy(ScoreKey.OF_GROUP);
    WindowSpec stratum = group.partitionBy(with(ScoreKey.OF_GROUP, col("stratum")));
    Column weight = col("all").divide(col("size").multiply(col("strata")));
    return rows.withColumn(
            "all", count(lit(1)).over(group)) // coarsest first: one shuffle serves all
        .withColumn("size", count(lit(1)).over(stratum))
        .withColumn("weight", weight)
        .withColumn(
            "residual", col("weight").multiply(col("value").minus(avg("value").over(stratum))))
        .groupBy(with(ScoreKey.OF_GROUP, col("cluster")))
        .agg(
            count(lit(1)).as("questions"),
            sums(
                counted,
                sum(col("weight").multiply(col("value"))).as("total"),
                sum("residual").as("residual"),
                sum(spread()).as("spread")))
        .groupBy(ScoreKey.OF_GROUP)
        .agg(
            count(lit(1)).as("clusters"),
            sums(
                counted,
                sum("questions").as("questions"),
                sum("total").as("total"),
                sum(col("residual").multiply(col("residual")).plus(col("spread"))).as("squares")));
  }

  /**
   * What a question adds to the second term; no question shows the variance of a stratum of one.
   */
  private static Column spread() {
    return when(
            col("size").gt(1),
            col("residual").multiply(col("residual")).divide(col("size").minus(1)))
        .otherwise(Double.NaN);
  }

  private static Column[] sums(List<String> counted, Column... more) {
    List<Column> sums = new ArrayList<>(List.of(more));
    counted.forEach(name -> sums.add(sum(name).as(name)));
    return sums.toArray(Column[]::new);
  }

  private static Column[] with(Column[] key, Column more) {
    return Stream.concat(Stream.of(key), Stream.of(more)).toArray(Column[]::new);
  }
}
