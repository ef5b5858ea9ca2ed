package io.tokenreel.sweep;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.commit.CacheLockedException;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WriterLock;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskKey;
import io.tokenreel.eval.task.TaskSpec;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.pipeline.run.AnswerRun;
import io.tokenreel.pipeline.run.AnswerSummary;
import io.tokenreel.pipeline.run.CacheKeys;
import io.tokenreel.pipeline.run.CompressJob;
import io.tokenreel.pipeline.run.Computed;
import io.tokenreel.pipeline.run.FeatureVisualTokens;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.pipeline.setting.AnswerOrder;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.DeviceCheck;
import io.tokenreel.pipeline.setting.FfmpegCheck;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.pipeline.setting.SignalsCheck;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Benchmarks times models, samplings, compressions and KV caches: one decode and encode per video
 * and sampling, answers from the features of all compressions together, and all of it committed as
 * it comes, so that a sweep that is cut off goes on.
 */
public final class SweepJob {

  private static final Logger LOG = LoggerFactory.getLogger(SweepJob.class);

  /** Names the sweep that writes into an output, from its beginning to its end. */
  private static final String LOCK = "_sweep_lock";

  private final SparkSession spark;
  private SweepSettings settings; // as asked for, until the run settles its compute types
  private final Supplier<Progress> progress;
  private final Path output;
  private SweepAnswers answers;
  private final List<SweepFailure> failures = new ArrayList<>();
  private final Map<String, Computed> computed = new LinkedHashMap<>(); // by model
  private SweepVideos videos;

  public SweepJob(SparkSession spark, SweepSettings settings, Supplier<Progress> progress) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
    this.output = UserPath.of(settings.output());
    this.answers = new SweepAnswers(settings, this::answer);
  }

  /** What failed, in the order of the work. */
  public List<SweepFailure> failures() {
    return Stream.concat(failures.stream(), answers.failures().stream()).distinct().toList();
  }

  /**
   * What each model computed in, its tower and its decoder, and where; by the model's name with its
   * compute type, in the order of the settings.
   */
  public Map<String, Computed> computed() {
    return Collections.unmodifiableMap(computed);
  }

  /**
   * Does what is not there yet.
   *
   * @param out takes what is about to be done, and what failed on the way
   * @return the results of all that is there then
   * @throws CacheLockedException when another sweep, or another writer, is at work on the output
   */
  public List<Result> run(PrintWriter out) throws IOException {
    DeviceCheck.require(spark, settings.device());
    FfmpegCheck.require(spark);
    settings =
        settings.computing(
            ComputeOption.settleEach(
                spark, settings.models(), settings.device(), settings.computeDtype()));
    answers = new SweepAnswers(settings, this::answer);
    requireModels();
    TokenCacheWriter.requireTable(spark, output, null);
    // Between its jobs no writer has the cache, and another sweep would take its manifest away.
    FileSystem files = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    boolean isNew = !files.exists(output);
    try (WriterLock sweep = WriterLock.acquire(files, UserPath.below(output, LOCK))) {
      List<SweepTask.Read> tasks = tasks();
      try (InterpretedQueries interpreted = InterpretedQueries.in(spark, answers(tasks))) {
        return run(tasks, out);
      }
    } finally {
      if (isNew && files.exists(output) && files.listStatus(output).length == 0) {
        files.delete(output, false); // of a sweep that was refused
      }
    }
  }

  /** Those that the sweep has in the end. */
  private long answers(List<SweepTask.Read> tasks) {
    long questions = tasks.stream().mapToLong(read -> read.questions().size()).sum();
    return questions
        * settings.models().size()
        * settings.samplings().size()
        * settings.compressions().size()
        * settings.kvs().size();
  }

  private List<Result> run(List<SweepTask.Read> tasks, PrintWriter out) throws IOException {
    videos = new SweepVideos(spark, output, tasks);
    SweepPlan.of(spark, settings, tasks, videos, this::beforeFeatures).print(out);
    String manifest = videos.manifest();
    SweepAsked asked = new SweepAsked();
    for (String sampling : settings.samplings()) {
      for (String model : settings.models()) {
        RunSummary made =
            new PrecomputeJob(spark, settings.precompute(manifest, model, sampling), progress.get())
                .run();
        made.notOkLines().forEach(out::println);
        out.flush();
        computed.merge(model, made.written().computed(), Computed::and);
        Dataset<Row> contents = videos.contents(made.runId());
        for (SweepTask.Read read : tasks) {
          if (made.failed() > 0) {
            requireVideo(read, made.runId(), model, sampling);
          }
          Dataset<Row> features = videos.features(videos.encoding(model, sampling), contents);
          asked.add(model, sampling, read.task(), questions(read, features), contents);
        }
        answers.give(model, sampling, asked.of(model, sampling));
      }
    }
    select();
    return results(asked, out);
  }

  /** A benchmark all of whose videos failed has failed. */
  private void requireVideo(SweepTask.Read read, String runId, String model, String sampling)
      throws IOException {
    String why = videos.failure(read, runId);
    if (why != null) {
      failures.add(
          new SweepFailure(
              SweepFailure.VIDEOS, read.task().task().name(), model, sampling, null, null, why));
    }
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
      failures.add(SweepFailure.of(SweepFailure.SELECTIONS, failure));
    }
  }

  private List<Result> results(SweepAsked asked, PrintWriter out) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Dataset<Row> given = CommittedRows.of(spark, output, CacheTable.ANSWERS);
    SweepJudging judging = SweepJudging.open(spark, output);
    Dataset<Row> samples = null;
    Map<String, Integer> tokenBytes = new HashMap<>();
    Map<String, String> models = new HashMap<>(); // by decoder
    for (SweepAsked.Part part : asked.all()) {
      String decoder = keys().decoder(part.model());
      models.put(decoder, part.model());
      VisionInfo vision = Models.describe(part.model(), hadoop);
      TokenShape token = new TokenShape(1, 1, 1, vision.dim(), vision.planes());
      tokenBytes.put(decoder, Math.toIntExact(TokenFormat.of(settings.tokenDtype()).bytes(token)));
      Dataset<Row> own =
          new SweepSamples(settings, given, judging)
              .of(part, keys().encoding(part.model(), part.sampling()), decoder);
      samples = samples == null ? own : samples.unionByName(own);
    }
    samples = samples.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      judging.tell(samples, out);
      List<Result> results = new SweepResults(settings, asked).of(samples, tokenBytes);
      answers.requireAnswers(results, samples, models, failures());
      new SweepTables(spark, output).write(results, samples);
      new SweepSubmissions(spark, output).write(samples);
      judging.write(samples, asked.tasks());
      new SweepLogs(spark, output).write(results, samples, asked.tasks());
      SweepRecord.of(spark, settings, samples)
          .write(Stores.of(output, spark.sparkContext().hadoopConfiguration()), output);
      new SweepReport(spark, output).write(results, examples(samples), samples, null);
      return results;
    } finally {
      samples.unpersist();
    }
  }

  /** The videos of the report; it has its numbers without them. */
  private List<Example> examples(Dataset<Row> samples) throws IOException {
    List<Example> made = new ArrayList<>();
    Exception failure =
        SparkFailure.of(
            () -> made.addAll(new SweepExamples(spark, output).make(settings, samples)));
    if (failure != null) {
      LOG.error("the pictures of the report cannot be made", failure);
      failures.add(SweepFailure.of(SweepFailure.PICTURES, failure));
    }
    return made;
  }

  /**
   * The tasks with their questions, in the order of the settings. What needs no rendering is looked
   * at first: nothing is rendered for a sweep that is refused. What is rendered may be the root of
   * another task.
   */
  private List<SweepTask.Read> tasks() throws IOException {
    List<TaskSpec> specs = settings.taskSpecs();
    Map<TaskSpec, SweepTask.Read> read = new HashMap<>();
    List<SweepTask> resolved = new ArrayList<>();
    Map<TaskSpec, RootFrom> roots = new HashMap<>();
    for (TaskSpec spec : specs) {
      roots.put(
          spec, RootFrom.of(spec, settings.output(), spark.sparkContext().hadoopConfiguration()));
    }
    for (TaskSpec spec : specs.stream().sorted(Comparator.comparing(roots::get)).toList()) {
      SweepTask task = SweepTask.of(spec, settings.output(), spark);
      resolved.add(task);
      requireDistinct(resolved);
      SweepTask.Read questions = task.read(spark);
      questions.requireVideos();
      read.put(spec, questions);
    }
    return specs.stream().map(read::get).toList();
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
        SignalsCheck.require(settings.compressions(), Models.describe(model, hadoop));
        Models.checkTemplate(model, settings.template(), hadoop);
        settings.kvs().forEach(kv -> KvSpec.parse(kv).requireLayers(language.layers()));
        if (!decoders.add(language.decoder())) {
          throw new IllegalArgumentException(
              "it is %s, as another one named; name it once".formatted(language.decoder()));
        }
      } catch (IllegalArgumentException | UncheckedIOException e) {
        throw SettingsException.ofModel(model, e);
      }
    }
  }

  /** What would be asked now, with the frames that are there. */
  private Dataset<Row> beforeFeatures(SweepTask.Read read, String model, String sampling)
      throws IOException {
    return questions(read, videos.features(videos.encoding(model, sampling)));
  }

  private Dataset<Row> questions(SweepTask.Read read, Dataset<Row> features) throws IOException {
    if (read.task().task().subtitles() == null) {
      return read.task().rows(spark, read.questions());
    }
    Map<String, double[]> frames = SweepVideos.frameSeconds(features);
    return read.task()
        .rows(
            spark,
            read.task().questions(spark, video -> frames.getOrDefault(video, new double[0])));
  }

  private CacheKeys keys() {
    return new CacheKeys(spark, output);
  }

  private void answer(
      AnswerSettings answer,
      AnswerOrder order,
      String sampling,
      Dataset<Row> contents,
      Dataset<Row> questions)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    EncodingSetting encoding = keys().encoding(answer.model(), sampling);
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output);
        Progress shown = progress.get()) {
      AnswerSummary given =
          new AnswerRun(
                  spark,
                  writer,
                  answer,
                  Models.describeLanguage(answer.model(), hadoop),
                  keys().decoder(answer.model()))
              .measured(order)
              .over(
                  questions,
                  new FeatureVisualTokens(
                      encoding,
                      videos.features(encoding, contents),
                      contents,
                      answer.compressions()),
                  shown);
      computed.merge(answer.model(), given.computed(), Computed::and);
    }
  }
}
