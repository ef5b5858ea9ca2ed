package io.tokenreel.cli;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.pipeline.run.AnswerJob;
import io.tokenreel.pipeline.run.CacheKeys;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The whole pipeline on generated videos: renders, precomputes, answers from all tokens and from a
 * quarter of them. What it leaves in its folder is what the commands themselves would leave.
 */
final class Demo {

  static final String ALL = "none";
  static final String QUARTER = "vidcom2:retention=0.25";

  private static final String DEVICE = "auto";
  private static final String SAMPLING = "uniform:frames=" + SceneSet.SAMPLES;

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
    ComputeOption.Settled model =
        ComputeOption.settle(spark, Models.DEFAULT, DEVICE, ComputeOption.DEFAULT);
    new SceneSet(SceneSplit.TEST, FIRST, videos, SceneSet.SAMPLES).write(folder, () -> {});
    double rendered = secondsSince(start);
    new PrecomputeJob(spark, precompute(model), progress.get()).run();
    double precomputed = secondsSince(start);
    AnswerSettings setting = answer(model);
    new AnswerJob(spark, setting, progress.get()).run();
    double answered = secondsSince(start);
    Dataset<Row> answers = answers(setting);
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

  private PrecomputeSettings precompute(ComputeOption.Settled model) {
    return PrecomputeSettings.of(
            List.of(folder.resolve("videos").toString()),
            cache(),
            model.model(),
            SAMPLING,
            List.of(ALL, QUARTER),
            "bf16",
            DEVICE,
            PrecomputeSettings.VIDEOS_PER_COMMIT)
        .computing(model);
  }

  private AnswerSettings answer(ComputeOption.Settled model) {
    return new AnswerSettings(
        cache(),
        List.of(folder.resolve("questions.jsonl").toString()),
        cache(),
        null,
        model.model(),
        List.of(ALL, QUARTER),
        DEVICE,
        model.computeDtype(),
        PromptTemplates.CHAT,
        KvSpec.FULL.toString(),
        "options:form=text",
        1000);
  }

  /**
   * The newest answer to each of this demo's questions under its setting; a folder may hold those
   * of earlier demos, and of whoever tried something with it.
   */
  private Dataset<Row> answers(AnswerSettings setting) throws IOException {
    CacheKeys keys = new CacheKeys(spark, UserPath.of(cache()));
    Dataset<Row> asked =
        SparkFiles.of(spark)
            .json(UserPath.of(folder.resolve("questions.jsonl").toString()))
            .select("video_id", "question_id");
    return CommittedRows.of(spark, UserPath.of(cache()), CacheTable.ANSWERS)
        .filter(CacheKey.compressedBy(setting.compressions()))
        .filter(keys.encoding(setting.model(), SAMPLING).matches())
        .filter(col("decoder").equalTo(keys.decoder(setting.model())))
        .filter(col("template").equalTo(setting.template()))
        .filter(col("kv").equalTo(setting.kv()))
        .filter(col("scoring").equalTo(setting.scoring()))
        .join(asked, new String[] {"video_id", "question_id"}, "left_semi")
        .groupBy("video_id", "question_id", "compression")
        .agg(
            max_by(
                    struct("question", "target", "response", "correct", "visual_tokens"),
                    col("created_at"))
                .as("answer"))
        .select("video_id", "question_id", "compression", "answer.*");
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
                    row.<Integer>getAs(4),
                    row.getString(5),
                    row.<Integer>getAs(6)))
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
                    row.getString(0),
                    row.getLong(1),
                    row.getLong(2),
                    row.isNullAt(3) ? 0 : row.getDouble(3)))
        .toList();
  }
}
