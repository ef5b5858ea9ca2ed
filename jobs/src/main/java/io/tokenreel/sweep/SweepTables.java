package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.stat.ScoreKey;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What a sweep came to, as tables: {@code results/}, a row per cell, task and group, and {@code
 * samples/}, a row per question and cell. Both are made again from {@code answers/} each time.
 */
final class SweepTables {

  static final String RESULTS = "results";
  static final String SAMPLES = "samples";

  private static final StructType SCHEMA = ResultColumns.schema();

  private final SparkSession spark;
  private final Path output;

  SweepTables(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  void write(List<Result> results, Dataset<Row> samples) {
    spark
        .createDataFrame(results.stream().map(ResultColumns::row).toList(), SCHEMA)
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(UserPath.below(output, RESULTS).toString());
    samples
        .drop("cluster", "video_missing")
        .sortWithinPartitions(col("task"), col("doc_id"))
        .write()
        .mode("overwrite")
        .parquet(UserPath.below(output, SAMPLES).toString());
  }

  /**
   * What was written.
   *
   * @param option that names the folder
   * @throws SettingsException when there are no results
   */
  List<Result> results(String option) throws IOException {
    return read(option, RESULTS, SparkFiles.of(spark).schema(SCHEMA)).collectAsList().stream()
        .map(SweepTables::result)
        .toList();
  }

  private Dataset<Row> read(String option, String table, SparkFiles files) throws IOException {
    Path folder = UserPath.below(output, table);
    if (!Stores.of(folder, spark.sparkContext().hadoopConfiguration()).exists(folder)) {
      throw new SettingsException(
          "%s %s holds no %s of a sweep: it has no %s/; name the folder that sweep wrote with --output, or give the sweep again, which writes them from its answers"
              .formatted(option, output, table, table));
    }
    try {
      return files.parquet(folder);
    } catch (Exception e) {
      if (e instanceof AnalysisException missing) {
        throw new SettingsException(
            "%s %s holds no %s of a sweep: %s"
                .formatted(option, output, table, missing.getSimpleMessage()));
      }
      throw e;
    }
  }

  /**
   * Rows of {@code samples/} as they were written.
   *
   * @param option that names the folder
   * @throws SettingsException when there are none
   */
  Dataset<Row> samples(String option) throws IOException {
    return read(option, SAMPLES, SparkFiles.of(spark));
  }

  private static Result result(Row row) {
    boolean scored = row.getAs("score") != null;
    boolean paired = row.getAs("difference") != null;
    return new Result(
        ScoreKey.cell(row),
        row.getAs("task"),
        row.getAs("version"),
        row.getAs("metric"),
        row.getAs("group"),
        row.<Double>getAs("scale"),
        new Counts(
            row.getAs("questions"),
            row.getAs("videos"),
            row.getAs("missing_videos"),
            row.getAs("missing_answers"),
            row.getAs("unread"),
            row.getAs("guessed"),
            row.getAs("left_out")),
        scored ? estimate(row, "score", "stderr", "ci_low", "ci_high") : null,
        paired
            ? new Difference(
                row.getAs("paired_questions"),
                estimate(
                    row, "difference", "difference_stderr", "difference_low", "difference_high"),
                row.getAs("only_baseline"),
                row.getAs("only_cell"),
                number(row, "mcnemar_p"))
            : null,
        row.getAs("retained_percent"),
        new Cost(
            number(row, "token_share"),
            number(row, "visual_tokens"),
            number(row, "prefill_ms"),
            number(row, "decode_ms"),
            number(row, "kv_bytes_peak"),
            number(row, "token_bytes"),
            quartiles(row, "prefill_ms"),
            quartiles(row, "decode_ms"),
            quartiles(row, "kv_bytes_peak"),
            number(row, "kv_reserve_bytes_peak"),
            quartiles(row, "kv_reserve_bytes_peak")),
        row.getAs("judges") == null
            ? null
            : new Judging(
                row.getList(row.fieldIndex("judges")),
                row.getAs("judge_waiting"),
                row.getAs("judge_failed"),
                row.getAs("judge_unreadable"),
                number(row, "judge_score")));
  }

  private static Estimate estimate(Row row, String mean, String error, String low, String high) {
    return new Estimate(number(row, mean), number(row, error), number(row, low), number(row, high));
  }

  private static Quartiles quartiles(Row row, String of) {
    return new Quartiles(
        number(row, of + "_q1"), number(row, of + "_median"), number(row, of + "_q3"));
  }

  /** NaN for NULL; older results have NaN itself. */
  private static double number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? Double.NaN : value;
  }
}
