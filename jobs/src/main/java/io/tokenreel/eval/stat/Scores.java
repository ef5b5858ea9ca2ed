package io.tokenreel.eval.stat;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.eval.result.Difference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * From scored questions to the scores of cells on tasks and their groups, with uncertainty, and
 * with what each is against the baseline's. Questions about one video are a cluster: their errors
 * are not independent. Questions stay with Spark; one row per score comes to the driver.
 */
public final class Scores {

  /**
   * The columns of scored questions: strings, but {@code groups}, a map from a dimension to the
   * question's value ({@code duration} to {@code short}), and {@code score}, a double. {@code
   * doc_id} is the question's key in its task, {@code cluster} its video.
   */
  public static final List<String> COLUMNS =
      List.of(
          "model",
          "sampling",
          "compression",
          "kv",
          "task",
          "version",
          "doc_id",
          "cluster",
          "groups",
          "score");

  private Scores() {}

  /**
   * Scores of every cell, task, version and group that has a question, and of every whole task as
   * the group {@code ""}. A task whose scores are all NULL has none.
   *
   * @param scored one row per question and cell, with {@link #COLUMNS} and maybe others; a score
   *     lies in 0 .. 1, 0 for a missing or unread answer, or is NULL in the whole task. They are
   *     read three times: persist what is dear to compute
   * @param averages of each task and version
   * @throws IllegalArgumentException where a column, a task's average, a cluster, a map of groups
   *     or single scores are missing, a question comes twice in a cell, a score is out of range, or
   *     a question's value of a macro average's dimension is not among that average's
   */
  public static Map<ScoreKey, Score> of(Dataset<Row> scored, Map<ScoredTask, Average> averages) {
    new ScoreChecks(averages).check(scored);
    Dataset<Row> rows =
        scored
            .select(COLUMNS.stream().map(name -> col(name)).toArray(Column[]::new))
            .filter(col("score").isNotNull());
    ScoreGroups groups = new ScoreGroups(averages);
    Map<ScoreKey, ClusteredMean> means = means(groups.of(rows.withColumn("value", col("score"))));
    Map<ScoreKey, Difference> differences = differences(groups.of(PairedRows.of(rows)));
    Map<ScoreKey, Score> scores = new HashMap<>();
    means.forEach(
        (key, mean) -> {
          Difference difference = differences.get(key);
          scores.put(
              key,
              new Score(
                  mean.questions(),
                  mean.clusters(),
                  mean.ofScores(),
                  difference,
                  difference == null ? null : mean.percentOf(means.get(key.baseline()))));
        });
    return scores;
  }

  private static Map<ScoreKey, ClusteredMean> means(Dataset<Row> values) {
    Map<ScoreKey, ClusteredMean> means = new HashMap<>();
    for (Row sums : ClusteredSums.of(values, List.of()).collectAsList()) {
      means.put(ScoreKey.of(sums), ClusteredMean.of(sums));
    }
    return means;
  }

  private static Map<ScoreKey, Difference> differences(Dataset<Row> values) {
    Map<ScoreKey, Difference> differences = new HashMap<>();
    for (Row sums : ClusteredSums.of(values, PairedRows.COUNTED).collectAsList()) {
      ClusteredMean mean = ClusteredMean.of(sums);
      long onlyBaseline = sums.getAs("only_baseline");
      long onlyCell = sums.getAs("only_cell");
      differences.put(
          ScoreKey.of(sums),
          new Difference(
              mean.questions(),
              mean.ofDifferences(),
              onlyBaseline,
              onlyCell,
              McNemar.p(onlyBaseline, onlyCell)));
    }
    return differences;
  }
}
