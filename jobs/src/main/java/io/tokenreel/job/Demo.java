package io.tokenreel.job;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.CommittedRows;
import io.tokenreel.eval.scene.SceneSet;
import io.tokenreel.eval.scene.SceneSplit;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The whole road on generated videos: renders, precomputes, answers from all tokens and from a
 * quarter of them. What it leaves in its folder is what the commands themselves would leave.
 */
final class Demo {

  static final String ALL = "none";
  static final String QUARTER = "vidcom2:retention=0.25";

  /** Numbers of test videos from here on are no one else's: benchmarks count from 0. */
  private static final int FIRST = 500_000;

  private final SparkSession spark;
  private final Path folder;
  private final int videos;
  private final Supplier<Progress> progress;

  Demo(SparkSession spark, Path folder, int videos, Supplier<Progress> progress) {
    this.spark = spark;
    this.folder = folder;
    this.videos = videos;
    this.progress = progress;
  }

  DemoReport run() throws IOException {
    long start = System.nanoTime();
    new SceneSet(SceneSplit.TEST, FIRST, videos, SceneSet.SAMPLES).write(folder, () -> {});
    double rendered = secondsSince(start);
    new PrecomputeJob(spark, precompute(), progress.get()).run();
    double precomputed = secondsSince(start);
    new AnswerJob(spark, answer(), progress.get()).run();
    double answered = secondsSince(start);
    Dataset<Row> answers = answers();
    return new DemoReport(
        folder.toString(),
        lines(answers),
        totals(answers),
        rendered,
        precomputed - rendered,
        answered - precomputed);
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private String cache() {
    return folder.resolve("cache").toString();
  }

  private PrecomputeSettings precompute() {
    return new PrecomputeSettings(
        List.of(folder.resolve("videos").toString()),
        cache(),
        Models.DEFAULT,
        "uniform:frames=" + SceneSet.SAMPLES,
        List.of(ALL, QUARTER),
        false,
        "bf16",
        "auto",
        32,
        "sampled",
        600,
        512,
        256,
        1000);
  }

  private AnswerSettings answer() {
    return new AnswerSettings(
        cache(),
        List.of(folder.resolve("questions.jsonl").toString()),
        cache(),
        Models.DEFAULT,
        List.of(ALL, QUARTER),
        "auto",
        PromptTemplates.CHAT,
        KvSpec.FULL.toString(),
        "options:form=text",
        1000);
  }

  /**
   * This model's answers to this demo's questions; a folder may hold those of an earlier demo too.
   */
  private Dataset<Row> answers() throws IOException {
    Dataset<Row> asked =
        spark
            .read()
            .json(folder.resolve("questions.jsonl").toString())
            .select("video_id", "question_id");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return CommittedRows.of(spark, new org.apache.hadoop.fs.Path(cache()), CacheTable.ANSWERS)
        .filter(col("compression").isin(ALL, QUARTER))
        .filter(col("encoder").equalTo(Models.describe(Models.DEFAULT, hadoop).encoder()))
        .filter(col("decoder").equalTo(Models.describeLanguage(Models.DEFAULT, hadoop).decoder()))
        .join(asked, new String[] {"video_id", "question_id"}, "left_semi");
  }

  private static List<DemoReport.Line> lines(Dataset<Row> answers) {
    Dataset<Row> all = answers.filter(col("compression").equalTo(ALL)).as("all");
    Dataset<Row> quarter = answers.filter(col("compression").equalTo(QUARTER)).as("quarter");
    return all
        .join(quarter, new String[] {"video_id", "question_id"})
        .orderBy("video_id", "question_id")
        .select(
            col("video_id"),
            col("all.question"),
            col("all.target"),
            col("all.response"),
            col("all.visual_tokens"),
            col("quarter.response"),
            col("quarter.visual_tokens"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new DemoReport.Line(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getInt(4),
                    row.getString(5),
                    row.getInt(6)))
        .toList();
  }

  private static List<DemoReport.Total> totals(Dataset<Row> answers) {
    return answers
        .groupBy("compression")
        .agg(count(col("question_id")), count_if(col("correct")), avg(col("visual_tokens")))
        .orderBy("compression")
        .collectAsList()
        .stream()
        .map(
            row ->
                new DemoReport.Total(
                    row.getString(0), row.getLong(1), row.getLong(2), row.getDouble(3)))
        .toList();
  }
}
