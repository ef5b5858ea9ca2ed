package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.stat.ScoreKey;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.UserPath;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a sweep came to, as tables: {@code results/}, a row per cell, task and group, and {@code
 * samples/}, a row per question and cell. Both are made anew from {@code answers/} each time.
 */
final class SweepTables {

  static final String RESULTS = "results";
  static final String SAMPLES = "samples";

  private static final StructType SCHEMA =
      new StructType()
          .add("model", DataTypes.StringType, false)
          .add("sampling", DataTypes.StringType, false)
          .add("compression", DataTypes.StringType, false)
          .add("kv", DataTypes.StringType, false)
          .add("task", DataTypes.StringType, false)
          .add("version", DataTypes.StringType, false)
          .add("metric", DataTypes.StringType, false)
          .add("group", DataTypes.StringType, false)
          .add("scale", DataTypes.DoubleType, false)
          .add("questions", DataTypes.LongType, false)
          .add("videos", DataTypes.LongType, false)
          .add("missing_videos", DataTypes.LongType, false)
          .add("missing_answers", DataTypes.LongType, false)
          .add("unread", DataTypes.LongType, false)
          .add("guessed", DataTypes.LongType, false)
          .add("left_out", DataTypes.LongType, false)
          .add("score", DataTypes.DoubleType, true)
          .add("stderr", DataTypes.DoubleType, true)
          .add("ci_low", DataTypes.DoubleType, true)
          .add("ci_high", DataTypes.DoubleType, true)
          .add("paired_questions", DataTypes.LongType, true)
          .add("difference", DataTypes.DoubleType, true)
          .add("difference_stderr", DataTypes.DoubleType, true)
          .add("difference_low", DataTypes.DoubleType, true)
          .add("difference_high", DataTypes.DoubleType, true)
          .add("only_baseline", DataTypes.LongType, true)
          .add("only_cell", DataTypes.LongType, true)
          .add("mcnemar_p", DataTypes.DoubleType, true)
          .add("retained_percent", DataTypes.DoubleType, true)
          .add("token_share", DataTypes.DoubleType, true)
          .add("visual_tokens", DataTypes.DoubleType, true)
          .add("prefill_ms", DataTypes.DoubleType, true)
          .add("decode_ms", DataTypes.DoubleType, true)
          .add("kv_bytes_peak", DataTypes.DoubleType, true)
          .add("token_bytes", DataTypes.DoubleType, true)
          .add("judges", DataTypes.createArrayType(DataTypes.StringType), true)
          .add("judge_waiting", DataTypes.LongType, true)
          .add("judge_failed", DataTypes.LongType, true)
          .add("judge_unreadable", DataTypes.LongType, true)
          .add("judge_score", DataTypes.DoubleType, true);

  private final SparkSession spark;
  private final Path output;

  SweepTables(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  void write(List<Result> results, Dataset<Row> samples) {
    spark
        .createDataFrame(results.stream().map(SweepTables::row).toList(), SCHEMA)
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
   * @throws SettingsException when there are no results
   */
  List<Result> results() {
    try {
      return SparkFiles.of(spark)
          .schema(SCHEMA)
          .parquet(UserPath.below(output, RESULTS))
          .collectAsList()
          .stream()
          .map(SweepTables::result)
          .toList();
    } catch (Exception e) {
      if (e instanceof AnalysisException missing) {
        throw new SettingsException(
            "--results %s holds no results of a sweep: %s"
                .formatted(output, missing.getSimpleMessage()));
      }
      throw e;
    }
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
                row.<Double>getAs("mcnemar_p"))
            : null,
        row.getAs("retained_percent"),
        new Cost(
            row.<Double>getAs("token_share"),
            row.<Double>getAs("visual_tokens"),
            row.<Double>getAs("prefill_ms"),
            row.<Double>getAs("decode_ms"),
            row.<Double>getAs("kv_bytes_peak"),
            row.<Double>getAs("token_bytes")),
        row.getAs("judges") == null
            ? null
            : new Judging(
                row.getList(row.fieldIndex("judges")),
                row.getAs("judge_waiting"),
                row.getAs("judge_failed"),
                row.getAs("judge_unreadable"),
                row.<Double>getAs("judge_score")));
  }

  private static Estimate estimate(Row row, String mean, String error, String low, String high) {
    return new Estimate(
        row.<Double>getAs(mean),
        row.<Double>getAs(error),
        row.<Double>getAs(low),
        row.<Double>getAs(high));
  }

  private static Row row(Result result) {
    Difference difference = result.difference();
    Judging judging = result.judging();
    boolean judged = judging != null;
    boolean scored = result.score() != null;
    boolean paired = difference != null;
    return RowFactory.create(
        result.cell().model(),
        result.cell().sampling(),
        result.cell().compression(),
        result.cell().kv(),
        result.task(),
        result.version(),
        result.metric(),
        result.group(),
        result.scale(),
        result.counts().questions(),
        result.counts().videos(),
        result.counts().missingVideos(),
        result.counts().missingAnswers(),
        result.counts().unread(),
        result.counts().guessed(),
        result.counts().leftOut(),
        scored ? result.score().mean() : null,
        scored ? result.score().standardError() : null,
        scored ? result.score().low() : null,
        scored ? result.score().high() : null,
        paired ? difference.questions() : null,
        paired ? difference.estimate().mean() : null,
        paired ? difference.estimate().standardError() : null,
        paired ? difference.estimate().low() : null,
        paired ? difference.estimate().high() : null,
        paired ? difference.onlyBaseline() : null,
        paired ? difference.onlyCell() : null,
        paired ? difference.mcNemarP() : null,
        result.retainedPercent(),
        result.cost().tokenShare(),
        result.cost().visualTokens(),
        result.cost().prefillMillis(),
        result.cost().decodeMillis(),
        result.cost().kvBytesPeak(),
        result.cost().tokenBytes(),
        judged ? judging.models().toArray(String[]::new) : null,
        judged ? judging.waiting() : null,
        judged ? judging.failed() : null,
        judged ? judging.unreadable() : null,
        judged ? judging.meanScore() : null);
  }
}
