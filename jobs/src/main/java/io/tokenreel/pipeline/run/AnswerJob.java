package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.commit.ForgottenIds;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.files.UserPath;
import io.tokenreel.input.RecordFiles;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.ModelKeys;
import io.tokenreel.model.Models;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.pipeline.input.Caches;
import io.tokenreel.pipeline.input.QuestionInputs;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.DeviceCheck;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a token cache and questions to a committed table of answers: one run per sampling that the
 * cache holds, over the tokens of each video's current bytes.
 */
public final class AnswerJob {

  private static final Logger LOG = LoggerFactory.getLogger(AnswerJob.class);

  private final SparkSession spark;
  private AnswerSettings settings; // as asked for, until the run settles its compute type
  private final Progress progress;

  public AnswerJob(SparkSession spark, AnswerSettings settings, Progress progress) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
  }

  /** One summary per sampling; at least one. */
  public List<AnswerSummary> run() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Caches.require(hadoop, settings.cache());
    Path output = UserPath.of(settings.output());
    TokenCacheWriter.requireTable(spark, output, settings.table());
    TokenCacheWriter.endCommit(spark, UserPath.of(settings.cache()), output, settings.table());
    DeviceCheck.require(spark, settings.device());
    settings =
        settings.computing(
            ComputeOption.settle(
                spark, settings.model(), settings.device(), settings.computeDtype()));
    LanguageInfo language = language(hadoop);
    try (RecordFiles records = new RecordFiles(spark)) {
      return run(QuestionInputs.read(records, settings.questions()), output, language);
    }
  }

  private List<AnswerSummary> run(Dataset<Row> read, Path output, LanguageInfo language)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Dataset<Row> questions = AnswerRun.withDigest(read).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> all = CommittedRows.of(spark, UserPath.of(settings.cache()), CacheTable.TOKENS);
    String encoder = encoder(all, hadoop);
    Dataset<Row> tokens = tokens(all.filter(col(EncodingSetting.ENCODER).equalTo(encoder)));
    Dataset<Row> contents = CommittedRows.currentContents(spark, UserPath.of(settings.cache()));
    List<AnswerSummary> summaries = new ArrayList<>();
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output, settings.table());
        Progress shown = progress) {
      String decoder = new CacheKeys(spark, output).decoder(settings.model());
      AnswerRun run = new AnswerRun(spark, writer, settings, language, decoder);
      Dataset<Row> asked = withoutForgotten(questions); // with the lock, which forget takes as well
      for (EncodingSetting encoding : EncodingSetting.in(tokens)) {
        VisualTokens encoded =
            new CachedVisualTokens(encoding, tokens.filter(encoding.matches()), contents);
        summaries.add(run.over(asked, encoded, shown));
      }
    } finally {
      questions.unpersist();
    }
    return summaries;
  }

  /** Questions about videos that neither the cache nor the output is to forget. */
  private Dataset<Row> withoutForgotten(Dataset<Row> questions) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    Dataset<Row> asked = questions;
    for (String folder : List.of(settings.cache(), settings.output())) {
      ForgottenIds forgotten = ForgottenIds.of(hadoop, UserPath.of(folder));
      long left =
          forgotten.digests().isEmpty() ? 0 : asked.where(forgotten.isOn(col("video_id"))).count();
      if (left > 0) {
        LOG.warn(
            "{} questions are left out: {} is to forget their videos (tokenreel forget --lift takes them again)",
            left,
            folder);
        asked = forgotten.leftOutOf(asked);
      }
    }
    return asked;
  }

  private LanguageInfo language(Configuration hadoop) {
    try {
      LanguageInfo language = Models.describeLanguage(settings.model(), hadoop);
      Models.describe(settings.model(), hadoop);
      Models.checkTemplate(settings.model(), settings.template(), hadoop);
      KvSpec.parse(settings.kv()).requireLayers(language.layers());
      return language;
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw SettingsException.ofModel(settings.model(), e);
    }
  }

  /** The name that the cache has for the model's own encoder, whatever that computed in. */
  private String encoder(Dataset<Row> all, Configuration hadoop) throws IOException {
    Map<String, String> models = new TreeMap<>();
    for (Row row : all.select(EncodingSetting.ENCODER, "model_name").distinct().collectAsList()) {
      models.merge(row.getString(0), row.isNullAt(1) ? "" : row.getString(1), AnswerJob::both);
    }
    String encoder = encoderOfTokens(hadoop, models.keySet());
    if (!models.containsKey(encoder)) {
      List<String> held =
          models.entrySet().stream()
              .map(
                  one ->
                      one.getValue().isEmpty()
                          ? one.getKey()
                          : "%s (%s)".formatted(one.getKey(), one.getValue()))
              .toList();
      throw new SettingsException(
          "--cache %s holds tokens of %s; the encoder of --model %s is %s: %s, or precompute with this one"
              .formatted(
                  settings.cache(),
                  held,
                  settings.model(),
                  encoder,
                  remedy(hadoop, models.keySet())));
    }
    return encoder;
  }

  /** What --model must be for tokens of these encoders, as far as runs of the cache say it. */
  private String remedy(Configuration hadoop, Set<String> held) throws IOException {
    List<String> named =
        RunRecords.of(hadoop, UserPath.of(settings.cache())).stream()
            .filter(run -> run.command().equals("precompute") && held.contains(run.encoder()))
            .map(run -> run.options().get("model"))
            .filter(Objects::nonNull)
            .distinct()
            .map("--model '%s'"::formatted)
            .toList();
    return named.isEmpty()
        ? "name the model that made the cache, with the settings after its # and the --fit that it was precomputed with"
        : "give %s, as precompute had it".formatted(String.join(" or ", named));
  }

  private String encoderOfTokens(Configuration hadoop, Set<String> named) {
    try {
      return ModelKeys.encoderOfTokens(settings.model(), hadoop, named);
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--cache %s: %s".formatted(settings.cache(), e.getMessage()));
    }
  }

  private static String both(String name, String other) {
    return name.isEmpty() || other.isEmpty() ? name + other : name + ", " + other;
  }

  /** Those of the compressions asked for. */
  private Dataset<Row> tokens(Dataset<Row> own) {
    if (settings.compressions().isEmpty()) {
      return own;
    }
    List<String> held = strings(own.select(CacheKey.COMPRESSION).distinct());
    if (!held.containsAll(settings.compressions())) {
      throw new SettingsException(
          "--compression names %s; --cache %s holds %s"
              .formatted(settings.compressions(), settings.cache(), held));
    }
    return own.filter(CacheKey.compressedBy(settings.compressions()));
  }

  private static List<String> strings(Dataset<Row> column) {
    return column.collectAsList().stream().map(row -> row.getString(0)).sorted().toList();
  }
}
