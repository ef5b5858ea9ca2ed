package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.CommittedRows;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskKey;
import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.token.TokenDtype;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Benchmarks times models, samplings, compressions and KV caches: one decode and encode per video
 * and sampling, answers from the features of all compressions together, and all of it committed as
 * it comes, so that a sweep that is cut off goes on.
 */
final class SweepJob {

  private static final Logger LOG = LoggerFactory.getLogger(SweepJob.class);

  private static final StructType VIDEOS =
      new StructType()
          .add("video_id", DataTypes.StringType, false)
          .add("video_uri", DataTypes.StringType, false);

  private final SparkSession spark;
  private final SweepSettings settings;
  private final Supplier<Progress> progress;
  private final Path output;
  private final SweepAnswers answers;

  SweepJob(SparkSession spark, SweepSettings settings, Supplier<Progress> progress) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
    this.output = UserPath.of(settings.output());
    this.answers = new SweepAnswers(settings, this::answer);
  }

  /** What could not be answered. */
  List<SweepFailure> failures() {
    return answers.failures();
  }

  /**
   * Does what is not there yet.
   *
   * @param plan takes what is about to be done
   * @return the results of all that is there then
   */
  List<Result> run(PrintWriter plan) throws IOException {
    List<SweepTask> resolved = tasks();
    requireModels();
    List<SweepTask.Read> tasks = new ArrayList<>();
    for (SweepTask task : resolved) {
      tasks.add(task.read(spark));
    }
    Map<String, String> videos = videos(tasks);
    SweepPlan.of(spark, settings, tasks, videos.size()).print(plan);
    String manifest = manifest(videos);
    SweepAsked asked = new SweepAsked();
    for (String sampling : settings.samplings()) {
      for (String model : settings.models()) {
        new PrecomputeJob(spark, settings.precompute(manifest, model, sampling), progress.get())
            .run();
        for (SweepTask.Read read : tasks) {
          asked.add(model, sampling, read.task(), questions(read, model, sampling));
        }
        answers.give(model, sampling, asked.of(model, sampling));
      }
    }
    select();
    return results(asked, plan);
  }

  /** What each compression keeps. Scores do not need it, so they are given if it fails. */
  private void select() throws IOException {
    if (CommittedRows.of(spark, output, CacheTable.FEATURES).isEmpty()) {
      return;
    }
    Exception failure =
        SparkFailure.of(() -> new CompressJob(spark, settings.select(), progress.get()).run());
    if (failure != null) {
      LOG.error("selections cannot be written", failure);
    }
  }

  private List<Result> results(SweepAsked asked, PrintWriter told) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Dataset<Row> given = CommittedRows.of(spark, output, CacheTable.ANSWERS);
    SweepJudging judging = SweepJudging.open(spark, output);
    Dataset<Row> samples = null;
    Map<String, Integer> tokenBytes = new HashMap<>();
    for (SweepAsked.Part part : asked.all()) {
      String decoder = Models.describeLanguage(part.model(), hadoop).decoder();
      VisionInfo vision = Models.describe(part.model(), hadoop);
      tokenBytes.put(decoder, vision.dim() * TokenDtype.of(settings.tokenDtype()).bytes());
      Dataset<Row> own =
          new SweepSamples(settings, given, judging).of(part, vision.encoder(), decoder);
      samples = samples == null ? own : samples.unionByName(own);
    }
    samples = samples.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      judging.tell(samples, told);
      List<Result> results = new SweepResults(settings, asked).of(samples, tokenBytes);
      new SweepTables(spark, output).write(results, samples);
      new SweepSubmissions(spark, output).write(samples);
      judging.write(samples, asked.tasks());
      new SweepLogs(spark, output).write(results, samples, asked.tasks());
      new SweepReport(spark, output)
          .write(results, new SweepExamples(spark, output).make(settings, samples));
      return results;
    } finally {
      samples.unpersist();
    }
  }

  /** The tasks, resolved; those that are rendered are there then. */
  private List<SweepTask> tasks() throws IOException {
    List<SweepTask> tasks = new ArrayList<>();
    for (TaskSpec spec : settings.taskSpecs()) {
      tasks.add(SweepTask.of(spec, settings.output(), spark));
    }
    requireDistinct(tasks);
    return tasks;
  }

  private static void requireDistinct(List<SweepTask> tasks) {
    Map<String, String> roots = new HashMap<>();
    Set<TaskKey> keys = new HashSet<>();
    for (SweepTask task : tasks) {
      Task named = task.task();
      String other = roots.putIfAbsent(named.dataset(), task.root());
      if (other != null && !other.equals(task.root())) {
        throw new SettingsException(
            "--task names %s twice, with the roots %s and %s: sweep one root at a time"
                .formatted(named.dataset(), other, task.root()));
      }
      if (!keys.add(named.key())) {
        throw new SettingsException(
            "--task names %s in version %s twice: name it once"
                .formatted(named.name(), named.version()));
      }
    }
  }

  /** Everything that can be known to be wrong is said before anything is decoded. */
  private void requireModels() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Set<String> decoders = new HashSet<>();
    for (String model : settings.models()) {
      try {
        LanguageInfo language = Models.describeLanguage(model, hadoop);
        Models.checkTemplate(model, settings.template(), hadoop);
        settings.kvs().forEach(kv -> KvSpec.parse(kv).requireLayers(language.layers()));
        if (!decoders.add(language.decoder())) {
          throw new IllegalArgumentException(
              "it is %s, as another one named; name it once".formatted(language.decoder()));
        }
      } catch (IllegalArgumentException e) {
        throw new SettingsException("--model " + model + ": " + e.getMessage());
      }
    }
  }

  /** URIs of all videos that are there, by id. */
  private static Map<String, String> videos(List<SweepTask.Read> tasks) {
    Map<String, String> videos = new LinkedHashMap<>();
    tasks.forEach(read -> videos.putAll(read.videos()));
    if (videos.isEmpty()) {
      throw new SettingsException(
          "--task: none of the videos is there; their folders would be %s"
              .formatted(tasks.stream().map(read -> read.task().root()).toList()));
    }
    return videos;
  }

  /** A manifest of the videos, beside the tables. */
  private String manifest(Map<String, String> videos) {
    Path manifest = UserPath.below(output, "videos.parquet");
    List<Row> rows = new ArrayList<>();
    videos.forEach((id, uri) -> rows.add(RowFactory.create(id, uri)));
    spark
        .createDataFrame(rows, VIDEOS)
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(manifest.toString());
    return UserPath.text(manifest);
  }

  private Dataset<Row> questions(SweepTask.Read read, String model, String sampling)
      throws IOException {
    if (read.task().task().subtitles() == null) {
      return read.task().rows(spark, read.questions());
    }
    Map<String, double[]> frames = frameSeconds(model, sampling);
    return read.task()
        .rows(
            spark,
            read.task().questions(spark, video -> frames.getOrDefault(video, new double[0])));
  }

  private Map<String, double[]> frameSeconds(String model, String sampling) throws IOException {
    Map<String, double[]> frames = new HashMap<>();
    Dataset<Row> newest =
        features(model, sampling)
            .groupBy("video_id")
            .agg(max_by(col("frame_seconds"), col("created_at")));
    for (Row row : newest.collectAsList()) {
      frames.put(
          row.getString(0), row.<Double>getList(1).stream().mapToDouble(each -> each).toArray());
    }
    return frames;
  }

  private Dataset<Row> features(String model, String sampling) throws IOException {
    String encoder = Models.describe(model, spark.sparkContext().hadoopConfiguration()).encoder();
    return CommittedRows.of(spark, output, CacheTable.FEATURES)
        .filter(col("encoder").equalTo(encoder).and(col("sampling").equalTo(sampling)));
  }

  private void answer(AnswerSettings answer, String sampling, Dataset<Row> questions)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output);
        Progress shown = progress.get()) {
      new AnswerRun(
              spark,
              writer,
              answer,
              Models.describeLanguage(answer.model(), hadoop),
              Models.describe(answer.model(), hadoop).encoder())
          .over(
              questions,
              new FeatureVisualTokens(features(answer.model(), sampling), answer.compressions()),
              sampling,
              shown);
    }
  }
}
