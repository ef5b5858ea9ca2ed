package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.input.Caches;
import io.tokenreel.pipeline.input.LeftOut;
import io.tokenreel.pipeline.input.ManifestColumns;
import io.tokenreel.pipeline.setting.CompressSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.pipeline.setting.SignalsCheck;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * From kept features to a committed token cache: one run per encoder and sampling that the features
 * hold, over the features of each video's current bytes.
 */
public final class CompressJob {

  private final SparkSession spark;
  private final CompressSettings settings;
  private final Progress progress;

  public CompressJob(SparkSession spark, CompressSettings settings, Progress progress) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
  }

  /** One summary per encoder and sampling; at least one. */
  public List<RunSummary> run() throws IOException {
    SignalsCheck.requireNone(settings.compressions());
    Path output = UserPath.of(settings.output());
    TokenCacheWriter.requireTable(spark, output, settings.table());
    TokenCacheWriter.endCommit(spark, UserPath.of(settings.features()), output, settings.table());
    Dataset<Row> features = features();
    Dataset<Row> current = current(features).persist(StorageLevel.MEMORY_AND_DISK());
    List<RunSummary> summaries = new ArrayList<>();
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output, settings.table());
        Progress shown = progress) {
      for (EncodingSetting encoding : EncodingSetting.in(current)) {
        Dataset<Row> found =
            current
                .filter(encoding.matches())
                .drop(EncodingSetting.ENCODER, EncodingSetting.SAMPLING);
        Dataset<Row> videos = writer.forgotten().leftOutOf(found);
        RunRecord run = settings.runRecord(encoding, videos.count());
        writer.describeAs(UserPath.of(settings.features()), encoding.encoder());
        long forgotten = found.count() - run.inputVideos();
        summaries.add(
            compress(writer, features.filter(encoding.matches()), videos, run, forgotten, shown));
      }
    } finally {
      current.unpersist();
    }
    return summaries;
  }

  private Dataset<Row> features() throws IOException {
    Caches.require(spark.sparkContext().hadoopConfiguration(), "--features", settings.features());
    Dataset<Row> features =
        CommittedRows.withPassthrough(spark, UserPath.of(settings.features()), CacheTable.FEATURES);
    if (features.isEmpty()) {
      throw new SettingsException(
          "--features %s holds no features; run precompute with --keep-features"
              .formatted(settings.features()));
    }
    return features;
  }

  /**
   * Of each video's current features, whose bytes stay where they are: the columns that {@link
   * CacheRun} takes, and {@code encoder, sampling, content_sha256, outcome}.
   */
  private Dataset<Row> current(Dataset<Row> features) throws IOException {
    Stream<String> fixed =
        Stream.concat(CacheKey.UNCOMPRESSED.stream(), Stream.of("video_uri", "outcome"));
    List<String> own = own(features);
    List<String> columns = Stream.concat(fixed, own.stream()).toList();
    Dataset<Row> contents = CommittedRows.currentContents(spark, UserPath.of(settings.features()));
    return VideoContent.within(
            ManifestColumns.prefixed(features.select(Columns.quoted(columns)), own), contents)
        .withColumn("video_bytes", lit(null).cast("long"));
  }

  /** Names of the manifest's own columns. */
  private static List<String> own(Dataset<Row> features) {
    List<String> fixed = Arrays.asList(CacheTable.FEATURES.schema().fieldNames());
    return Arrays.stream(features.columns()).filter(name -> !fixed.contains(name)).toList();
  }

  private RunSummary compress(
      TokenCacheWriter writer,
      Dataset<Row> features,
      Dataset<Row> videos,
      RunRecord run,
      long forgotten,
      Progress shown)
      throws IOException {
    long start = System.nanoTime();
    long before = writer.bytesCommitted();
    CarriedOutcomes outcomes = new CarriedOutcomes(spark, UserPath.of(settings.features()), run);
    Work work = new Work(features, new FeatureStages(settings.compressions()), outcomes);
    CacheRun.Result result =
        new CacheRun(spark, writer, run, settings.videosPerCommit())
            .over(videos, work, shown, UserPath.of(settings.output()));
    return RunSummary.of(
        writer.committedRows(CacheTable.OUTCOMES),
        run,
        settings.output(),
        new RunSummary.Input(run.inputVideos(), forgotten, LeftOut.NONE),
        result,
        new RunSummary.Written(run.encoder(), null, null, writer.bytesCommitted() - before, null),
        (System.nanoTime() - start) / 1e9);
  }

  /**
   * Compress alone.
   *
   * @param features of the run's encoder and sampling
   * @param outcomes of the cache that holds the features
   */
  private record Work(Dataset<Row> features, FeatureStages stages, CarriedOutcomes outcomes)
      implements CacheRun.Work {

    @Override
    public Dataset<Row> withDigest(Dataset<Row> videos) {
      return videos.drop("outcome"); // the features say what they were made of
    }

    @Override
    public Dataset<Row> compute(VideoWaves.Wave wave) {
      Dataset<Row> own = broadcast(wave.videos().drop("video_uri", "video_bytes", "outcome"));
      // Row groups are sorted by video, so the bounds let Parquet skip the features of other waves.
      Dataset<Row> ofWave =
          VideoContent.within(
              features.filter(col(VideoContent.ID).between(wave.firstId(), wave.lastId())),
              own.select(Columns.quoted(VideoContent.COLUMNS)));
      return stages.run(ofWave).join(own, VideoContent.columns(), "inner");
    }

    @Override
    public Dataset<Row> rows(CacheTable table, Dataset<Row> computed) {
      return switch (table) {
        case TOKENS -> CacheRows.tokens(computed);
        case SELECTIONS -> CacheRows.selections(computed);
        case OUTCOMES ->
            CompressionOutcomes.of(
                outcomes.rows(
                    computed.select(
                        Stream.concat(
                                Stream.of(
                                    VideoContent.ID, "video_uri", VideoContent.SHA256, "outcome"),
                                ManifestColumns.of(computed).stream())
                            .map(Columns::quoted)
                            .toArray(Column[]::new))),
                computed);
        case FEATURES, CONTENTS, ANSWERS ->
            throw new IllegalStateException("compress writes no " + table.folder());
      };
    }

    @Override
    public Progress.Counts counts(Progress.Counts committed) {
      return committed; // a wave without decoding and encoding is soon done
    }
  }
}
