package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.store.CommittedKeys;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What a cache holds already of a run's videos, under the run's setting.
 *
 * <p>Only videos whose id is known are read for the digest of their bytes; what is new goes
 * straight to the decoder. Keys are read once, when the run begins, and stay on the executors.
 */
final class CommittedVideos implements AutoCloseable {

  private static final String[] ID = {VideoContent.ID};

  /** Empty where the cache has no row of the run's videos and setting. */
  private final Optional<Held> held;

  private final Dataset<Row> noVideos;

  /**
   * What a cache has of the run's videos.
   *
   * @param keys all that are committed
   * @param done see {@link #done()}
   * @param partly keys of videos that are not done
   */
  private record Held(
      Dataset<Row> keys, Dataset<Row> done, Dataset<Row> partly, boolean nonePartly) {}

  /**
   * @param videos the run's videos
   * @param digest appends {@code content_sha256} to videos, where they do not have it: what their
   *     bytes are now, NULL for one that cannot be read
   */
  CommittedVideos(
      TokenCacheWriter writer,
      RunRecord run,
      Dataset<Row> videos,
      UnaryOperator<Dataset<Row>> digest)
      throws IOException {
    Dataset<Row> committed = writer.unchanging(keys(writer, run));
    this.noVideos =
        videos
            .limit(0)
            .withColumn(VideoContent.SHA256, lit(null).cast("string"))
            .withColumn("outcome", lit(null).cast("string"));
    // A new cache needs no job to be empty, and nothing of it is planned.
    this.held = committed.isEmpty() ? Optional.empty() : held(committed, run, videos, digest);
  }

  private static Optional<Held> held(
      Dataset<Row> committed,
      RunRecord run,
      Dataset<Row> videos,
      UnaryOperator<Dataset<Row>> digest) {
    Dataset<Row> keys =
        committed.join(videos.select(ID[0]), ID, "left_semi").persist(persistence());
    if (keys.isEmpty()) {
      keys.unpersist();
      return Optional.empty();
    }
    Dataset<Row> known = videos.join(keys.select(ID[0]).distinct(), ID, "left_semi");
    Dataset<Row> complete =
        keys.groupBy(Columns.quoted(VideoContent.COLUMNS))
            // DEGRADED comes before OK: a video is what the worst of its rows says.
            .agg(
                min("outcome").as("outcome"),
                count_distinct(col("table"), col(CacheKey.COMPRESSION)).as("keys"))
            .filter(col("keys").equalTo(run.setting().keysPerVideo()))
            .drop("keys");
    Dataset<Row> done =
        digest.apply(known).join(complete, VideoContent.columns(), "inner").persist(persistence());
    // Whatever the bytes were when they were hashed: what counts is what the decoder will read.
    Dataset<Row> partly = keys.join(done, ID, "left_anti").orderBy(ID[0]).persist(persistence());
    return Optional.of(new Held(keys, done, partly, partly.isEmpty()));
  }

  /** Columns {@code video_id, content_sha256, table, compression, outcome}, a row per key. */
  private static Dataset<Row> keys(TokenCacheWriter writer, RunRecord run) throws IOException {
    RunRecord.Setting setting = run.setting();
    Dataset<Row> all = null;
    for (CacheTable table : setting.tables()) {
      Dataset<Row> ofTable =
          writer
              .committedRows(table)
              .filter(setting.matches(table))
              .select(
                  col(VideoContent.ID),
                  col(VideoContent.SHA256),
                  lit(table.folder()).as("table"),
                  (table.hasCompression() ? col(CacheKey.COMPRESSION) : lit(""))
                      .as(CacheKey.COMPRESSION),
                  col("outcome"));
      all = all == null ? ofTable : all.union(ofTable);
    }
    return all;
  }

  private static StorageLevel persistence() {
    return StorageLevel.MEMORY_AND_DISK();
  }

  /** How many videos are {@link #done}. */
  long count() {
    return held.map(known -> known.done.count()).orElse(0L);
  }

  /** Of the run's videos those that are not {@link #done}. */
  Dataset<Row> leftOutOf(Dataset<Row> videos) {
    return held.map(known -> videos.join(known.done, ID, "left_anti")).orElse(videos);
  }

  /**
   * Videos for which every key is committed, so that no work is left, with {@code content_sha256}
   * and the {@code outcome} of their rows.
   */
  Dataset<Row> done() {
    return held.map(Held::done).orElse(noVideos);
  }

  /**
   * Keys of one table that videos of a wave have: of a video that has some of its keys, or whose
   * bytes were unknown when the run began.
   */
  CommittedKeys keys(CacheTable table, VideoWaves.Wave wave) {
    if (!table.hasOutcomes() || held.isEmpty() || held.get().nonePartly) {
      return CommittedKeys.NONE; // a run says what became of each of its videos
    }
    String[] columns =
        table.hasCompression()
            ? VideoContent.columns(CacheKey.COMPRESSION)
            : VideoContent.columns();
    return CommittedKeys.of(
        held.get()
            .partly
            .filter(col("table").equalTo(table.folder()))
            .filter(col("video_id").between(wave.firstId(), wave.lastId()))
            .join(broadcast(wave.videos().select(ID[0])), ID, "left_semi") // of few large videos
            .selectExpr(columns));
  }

  @Override
  public void close() {
    held.ifPresent(
        known -> {
          known.partly.unpersist();
          known.done.unpersist();
          known.keys.unpersist();
        });
  }
}
