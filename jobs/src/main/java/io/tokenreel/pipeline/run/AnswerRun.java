package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.pipeline.setting.AnswerOrder;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.stage.AnswerGenerator;
import io.tokenreel.stage.StageCounters;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Answers questions from every compression of one encoder and sampling, wave by wave; what is
 * committed is not answered again.
 */
public final class AnswerRun {

  private static final String[] SETTING = {VideoContent.ID, CacheKey.COMPRESSION};

  private final SparkSession spark;
  private final TokenCacheWriter writer;
  private final AnswerSettings settings;
  private final LanguageInfo language;
  private final String decoder;
  private AnswerOrder order = AnswerOrder.PLAIN;
  private boolean measured;

  /**
   * @param decoder the language model's name in the cache of the answers
   */
  public AnswerRun(
      SparkSession spark,
      TokenCacheWriter writer,
      AnswerSettings settings,
      LanguageInfo language,
      String decoder) {
    this.spark = spark;
    this.writer = writer;
    this.settings = settings;
    this.language = language;
    this.decoder = decoder;
  }

  /** For times that are to be compared: in this order, and after a warm-up of each process. */
  public AnswerRun measured(AnswerOrder ofSweep) {
    order = ofSweep;
    measured = true;
    return this;
  }

  /** Questions with the digest that is part of their answers' key. */
  public static Dataset<Row> withDigest(Dataset<Row> questions) {
    return questions.withColumn(
        "question_sha256",
        sha2(to_json(struct(col("question"), col("options"), col("target"))), 256));
  }

  /**
   * Answers.
   *
   * @param questions with {@code video_id, question_id, question, options, target, question_sha256}
   *     and columns that pass through
   */
  public AnswerSummary over(Dataset<Row> questions, VisualTokens tokens, Progress shown)
      throws IOException {
    long start = System.nanoTime();
    List<String> compressions = tokens.compressions();
    Dataset<Row> asked =
        questions
            .withColumn(
                CacheKey.COMPRESSION,
                explode(array(compressions.stream().map(functions::lit).toArray(Column[]::new))))
            .join(tokens.current(), SETTING, "left_outer")
            .withColumn(EncodingSetting.ENCODER, lit(tokens.encoding().encoder()))
            .withColumn("decoder", lit(decoder))
            .withColumn("model_name", lit(language.model()))
            .withColumn(EncodingSetting.SAMPLING, lit(tokens.encoding().sampling()))
            .withColumn("template", lit(settings.template()))
            .withColumn("kv", lit(settings.kv()))
            .withColumn("scoring", lit(settings.scoring()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      RunRecord run = settings.runRecord(tokens.encoding(), compressions, asked.count(), order);
      writer.prepare(List.of(CacheTable.ANSWERS), passthrough(asked));
      writer.saveRun(run);
      StageCounters counters = StageCounters.register(spark.sparkContext(), "answer");
      long already = run.inputVideos() - answerPending(asked, tokens, counters, shown);
      writer.saveRun(run.finished());
      return AnswerSummary.of(
          asked,
          writer.committedRows(CacheTable.ANSWERS),
          run,
          settings.output(),
          already,
          (System.nanoTime() - start) / 1e9,
          Computed.of(settings.model(), counters));
    } finally {
      asked.unpersist();
    }
  }

  /** The questions' own columns. */
  private static StructType passthrough(Dataset<Row> asked) {
    List<String> fixed = List.of(CacheTable.ANSWERS.schema().fieldNames());
    return new StructType(
        Arrays.stream(asked.schema().fields())
            .filter(field -> !fixed.contains(field.name()))
            .toArray(StructField[]::new));
  }

  /**
   * Answers what is not committed. The questions left are found once: to find them again for each
   * wave would read all answers as often.
   *
   * @return how many there were
   */
  private long answerPending(
      Dataset<Row> asked, VisualTokens tokens, StageCounters counters, Progress shown)
      throws IOException {
    Column[] key = CacheTable.ANSWERS.key().stream().map(functions::col).toArray(Column[]::new);
    Dataset<Row> committed =
        writer.unchanging(writer.committedRows(CacheTable.ANSWERS).select(key));
    Dataset<Row> pending =
        AnswerRows.without(asked, committed).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long count = pending.count();
      answer(pending, count, tokens, counters, shown);
      return count;
    } finally {
      pending.unpersist();
    }
  }

  private void answer(
      Dataset<Row> pending, long count, VisualTokens tokens, StageCounters counters, Progress shown)
      throws IOException {
    shown.start(
        Progress.Stage.answers(settings.kv()),
        pending.filter(col(VideoContent.SHA256).isNotNull()).count(),
        () -> new Progress.Counts(counters.videos().value(), 0, counters.failed().value()));
    Dataset<Row> videos =
        pending.select("video_id").distinct().withColumn("video_bytes", lit(null).cast("long"));
    VideoWaves waves = new VideoWaves(spark, videos, count, settings.videosPerCommit());
    while (waves.hasNext()) {
      VideoWaves.Wave wave = waves.next();
      Dataset<Row> asked = pending.filter(col("video_id").between(wave.firstId(), wave.lastId()));
      WaveCommit commit = writer.nextWave();
      commit.stage(
          CacheTable.ANSWERS,
          new AnswerRows(generator(counters), order)
              .of(asked, tokens.between(wave.firstId(), wave.lastId())));
      commit.commit();
    }
  }

  private AnswerGenerator generator(StageCounters counters) {
    AnswerGenerator generator =
        new AnswerGenerator()
            .setModelUrl(settings.model())
            .setDevice(settings.device())
            .setComputeDtype(settings.computeDtype())
            .setTemplate(settings.template())
            .setKv(settings.kv())
            .setScoring(settings.scoring())
            .countIn(counters);
    return measured ? generator.afterWarmUp() : generator;
  }
}
