package io.tokenreel.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.CommittedRows;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.cache.WaveCommit;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.stage.AnswerGenerator;
import io.tokenreel.stage.StageCounters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * From a token cache and questions to a committed table of answers: one run per sampling that the
 * cache holds, over the newest tokens of each video.
 */
final class AnswerJob {

  private static final String[] SETTING = {"video_id", "compression"};

  private final SparkSession spark;
  private final AnswerSettings settings;
  private final Progress progress;

  AnswerJob(SparkSession spark, AnswerSettings settings, Progress progress) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
  }

  /** One summary per sampling; at least one. */
  List<AnswerSummary> run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Caches.require(hadoop, settings.cache());
    DeviceCheck.require(spark, settings.device());
    LanguageInfo language = language(hadoop);
    Dataset<Row> questions =
        QuestionInputs.read(spark, settings.questions())
            .withColumn(
                "question_sha256",
                sha2(to_json(struct(col("question"), col("options"), col("target"))), 256))
            .persist(StorageLevel.MEMORY_AND_DISK());
    String encoder = Models.describe(settings.model(), hadoop).encoder();
    Dataset<Row> tokens = tokens(encoder);
    List<AnswerSummary> summaries = new ArrayList<>();
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, new Path(settings.output()));
        Progress shown = progress) {
      for (Row sampling :
          tokens.select("sampling").distinct().orderBy("sampling").collectAsList()) {
        summaries.add(
            answer(
                writer,
                questions,
                tokens.filter(col("sampling").equalTo(sampling.getString(0))),
                encoder,
                sampling.getString(0),
                language,
                shown));
      }
    } finally {
      questions.unpersist();
    }
    return summaries;
  }

  private LanguageInfo language(Configuration hadoop) {
    try {
      LanguageInfo language = Models.describeLanguage(settings.model(), hadoop);
      Models.checkTemplate(settings.model(), settings.template(), hadoop);
      KvSpec.parse(settings.kv()).requireLayers(language.layers());
      return language;
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--model " + settings.model() + ": " + e.getMessage());
    }
  }

  /** The cache's tokens of the model's own encoder, of the compressions asked for. */
  private Dataset<Row> tokens(String encoder) throws IOException {
    Dataset<Row> all = CommittedRows.of(spark, new Path(settings.cache()), CacheTable.TOKENS);
    List<String> encoders = strings(all.select("encoder").distinct());
    if (!encoders.contains(encoder)) {
      throw new SettingsException(
          "--cache %s holds tokens of %s; the encoder of --model %s is %s: name the model that made the cache, or precompute with this one"
              .formatted(settings.cache(), encoders, settings.model(), encoder));
    }
    Dataset<Row> own = all.filter(col("encoder").equalTo(encoder));
    if (settings.compressions().isEmpty()) {
      return own;
    }
    List<String> held = strings(own.select("compression").distinct());
    if (!held.containsAll(settings.compressions())) {
      throw new SettingsException(
          "--compression names %s; --cache %s holds %s"
              .formatted(settings.compressions(), settings.cache(), held));
    }
    return own.filter(col("compression").isin(settings.compressions().toArray()));
  }

  private static List<String> strings(Dataset<Row> column) {
    return column.collectAsList().stream().map(row -> row.getString(0)).sorted().toList();
  }

  private AnswerSummary answer(
      TokenCacheWriter writer,
      Dataset<Row> questions,
      Dataset<Row> tokens,
      String encoder,
      String sampling,
      LanguageInfo language,
      Progress shown)
      throws IOException {
    long start = System.nanoTime();
    List<String> compressions = strings(tokens.select("compression").distinct());
    Dataset<Row> newest = newest(tokens);
    Dataset<Row> asked =
        questions
            .withColumn(
                "compression",
                explode(array(compressions.stream().map(functions::lit).toArray(Column[]::new))))
            .join(newest, SETTING, "left_outer")
            .withColumn("encoder", lit(encoder))
            .withColumn("decoder", lit(language.decoder()))
            .withColumn("sampling", lit(sampling))
            .withColumn("template", lit(settings.template()))
            .withColumn("kv", lit(settings.kv()))
            .withColumn("scoring", lit(settings.scoring()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      RunRecord run = settings.runRecord(encoder, sampling, compressions, asked.count());
      writer.saveRun(run);
      Dataset<Row> pending = AnswerRows.without(asked, writer.committedRows(CacheTable.ANSWERS));
      long already = run.inputVideos() - pending.count();
      StageCounters counters = StageCounters.register(spark.sparkContext(), "answer");
      shown.start(
          pending.filter(col("content_sha256").isNotNull()).count(),
          () -> new Progress.Counts(counters.videos().value(), 0, counters.failed().value()));
      Dataset<Row> videos =
          pending.select("video_id").distinct().withColumn("video_bytes", lit(null).cast("long"));
      VideoWaves waves = new VideoWaves(spark, videos, settings.videosPerCommit());
      while (waves.hasNext()) {
        VideoWaves.Wave wave = waves.next();
        WaveCommit commit = writer.nextWave();
        commit.stage(
            CacheTable.ANSWERS,
            new AnswerRows(generator(counters)).of(in(pending, wave), in(tokens, wave)));
        commit.commit();
      }
      writer.saveRun(run.finished());
      return AnswerSummary.of(
          asked,
          writer.committedRows(CacheTable.ANSWERS),
          run.runId(),
          settings.output(),
          already,
          (System.nanoTime() - start) / 1e9);
    } finally {
      asked.unpersist();
    }
  }

  private AnswerGenerator generator(StageCounters counters) {
    return new AnswerGenerator()
        .setModelUrl(settings.model())
        .setDevice(settings.device())
        .setTemplate(settings.template())
        .setKv(settings.kv())
        .setScoring(settings.scoring())
        .countIn(counters);
  }

  /** Of each video and compression what the bytes were last. */
  private static Dataset<Row> newest(Dataset<Row> tokens) {
    return tokens
        .groupBy("video_id", "compression")
        .agg(max_by(col("content_sha256"), col("created_at")).as("content_sha256"));
  }

  private static Dataset<Row> in(Dataset<Row> rows, VideoWaves.Wave wave) {
    return rows.filter(col("video_id").between(wave.firstId(), wave.lastId()));
  }
}
