package io.tokenreel.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.cache.WaveCommit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * From kept features to a committed token cache: one run per encoder and sampling that the features
 * hold, over the newest features of each video.
 */
final class CompressJob {

  private static final String[] KEY = {"video_id", "content_sha256", "encoder", "sampling"};

  private final SparkSession spark;
  private final CompressSettings settings;

  CompressJob(SparkSession spark, CompressSettings settings) {
    this.spark = spark;
    this.settings = settings;
  }

  List<RunSummary> run() throws IOException {
    Dataset<Row> features = features();
    Dataset<Row> newest =
        features
            .groupBy("video_id", "encoder", "sampling")
            .agg(
                max_by(struct(col("content_sha256"), col("video_uri")), col("created_at"))
                    .as("newest"))
            .select(col("*"), col("newest.*"), lit(null).cast("long").as("video_bytes"))
            .drop("newest")
            .persist(StorageLevel.MEMORY_AND_DISK());
    List<RunSummary> summaries = new ArrayList<>();
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, new Path(settings.output()))) {
      for (Row setting :
          newest
              .select("encoder", "sampling")
              .distinct()
              .orderBy("encoder", "sampling")
              .collectAsList()) {
        Column ofSetting =
            col("encoder")
                .equalTo(setting.getString(0))
                .and(col("sampling").equalTo(setting.getString(1)));
        RunRecord run =
            settings.runRecord(
                setting.getString(0), setting.getString(1), newest.filter(ofSetting).count());
        summaries.add(compress(writer, features.filter(ofSetting), newest.filter(ofSetting), run));
      }
    } finally {
      newest.unpersist();
    }
    return summaries;
  }

  private Dataset<Row> features() throws IOException {
    Caches.require(spark.sparkContext().hadoopConfiguration(), settings.features());
    Path folder = new Path(settings.features(), CacheTable.FEATURES.folder());
    if (!folder.getFileSystem(spark.sparkContext().hadoopConfiguration()).exists(folder)) {
      throw new SettingsException(
          "--features %s holds no features; run precompute with --keep-features"
              .formatted(settings.features()));
    }
    return spark.read().schema(CacheTable.FEATURES.schema()).parquet(folder.toString());
  }

  private RunSummary compress(
      TokenCacheWriter writer, Dataset<Row> features, Dataset<Row> videos, RunRecord fresh)
      throws IOException {
    long start = System.nanoTime();
    RunRecord run = Runs.begin(writer, fresh);
    Dataset<Row> open = Runs.open(writer, run, videos).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> done =
        open.join(complete(writer, run), KEY, "left_semi").persist(StorageLevel.MEMORY_AND_DISK());
    long alreadyCommitted = done.count();
    if (alreadyCommitted > 0) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.OUTCOMES, outcomes(done, run));
      wave.commit();
    }
    VideoWaves waves =
        new VideoWaves(
            spark,
            open.join(done, new String[] {"video_id"}, "left_anti"),
            settings.videosPerCommit());
    while (waves.hasNext()) {
      commit(writer, features, waves.next(), run);
    }
    done.unpersist();
    open.unpersist();
    writer.saveRun(run.finished());
    return RunSummary.of(
        writer.committedRows(CacheTable.OUTCOMES),
        run,
        settings.output(),
        alreadyCommitted,
        List.of(),
        (System.nanoTime() - start) / 1e9);
  }

  private void commit(
      TokenCacheWriter writer, Dataset<Row> features, Dataset<Row> videos, RunRecord run)
      throws IOException {
    // Row groups are sorted by video, so the bounds let Parquet skip the features of other waves.
    Row bounds = videos.agg(min("video_id"), max("video_id")).head();
    Dataset<Row> ofWave =
        features
            .filter(col("video_id").between(bounds.get(0), bounds.get(1)))
            .join(
                broadcast(videos.select("video_id", "content_sha256")),
                new String[] {"video_id", "content_sha256"},
                "left_semi");
    Dataset<Row> rows =
        new FeatureStages(settings.compressions()).run(ofWave).persist(StorageLevel.DISK_ONLY());
    try {
      WaveCommit wave = writer.nextWave();
      if (!settings.selectionsOnly()) {
        wave.stage(
            CacheTable.TOKENS,
            missing(writer, CacheTable.TOKENS, CacheRows.tokens(rows, List.of())));
      }
      wave.stage(
          CacheTable.SELECTIONS,
          missing(writer, CacheTable.SELECTIONS, CacheRows.selections(rows)));
      wave.stage(CacheTable.OUTCOMES, CompressionOutcomes.of(outcomes(videos, run), rows));
      wave.commit();
    } finally {
      rows.unpersist();
    }
  }

  /** Drops the rows whose key is committed. */
  private static Dataset<Row> missing(TokenCacheWriter writer, CacheTable table, Dataset<Row> rows)
      throws IOException {
    Dataset<Row> keys = writer.committedKeys(table).rows();
    return keys.isEmpty()
        ? rows
        : rows.join(broadcast(keys), table.key().toArray(String[]::new), "left_anti");
  }

  /** Keys for which every table has every compression. */
  private Dataset<Row> complete(TokenCacheWriter writer, RunRecord run) throws IOException {
    Dataset<Row> complete = null;
    for (CacheTable table : settings.tables()) {
      Dataset<Row> ofTable =
          writer
              .committedKeys(table)
              .rows()
              .filter(col("compression").isin(run.compressions().toArray()))
              .groupBy("video_id", "content_sha256", "encoder", "sampling")
              .agg(count_distinct(col("compression")).as("compressions"))
              .filter(col("compressions").equalTo(run.compressions().size()))
              .drop("compressions");
      complete = complete == null ? ofTable : complete.join(ofTable, KEY, "left_semi");
    }
    return complete;
  }

  private Dataset<Row> outcomes(Dataset<Row> videos, RunRecord run) {
    Path folder = new Path(settings.features(), CacheTable.OUTCOMES.folder());
    Dataset<Row> found =
        spark.read().schema(CacheTable.OUTCOMES.schema()).parquet(folder.toString());
    return CarriedOutcomes.of(
        videos.drop("encoder", "sampling", "video_bytes"), found, run.runId());
  }
}
