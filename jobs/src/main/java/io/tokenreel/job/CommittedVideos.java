package io.tokenreel.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.stage.ContentHash;
import java.io.IOException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What a cache holds already of a run's videos.
 *
 * <p>Only videos whose id is known are read for the digest of their bytes; what is new goes
 * straight to the decoder.
 */
final class CommittedVideos implements AutoCloseable {

  private static final String[] VIDEO = {"video_id", "content_sha256"};

  private final Dataset<Row> tokenKeys;
  private final Dataset<Row> featureKeys;
  private final Dataset<Row> hashed;
  private final Dataset<Row> done;

  /**
   * @param videos the run's videos that have no outcome yet
   * @param encoder name@revision
   */
  CommittedVideos(
      TokenCacheWriter writer, Dataset<Row> videos, PrecomputeSettings settings, String encoder)
      throws IOException {
    Column setting =
        col("encoder").equalTo(encoder).and(col("sampling").equalTo(settings.sampling()));
    this.tokenKeys =
        writer
            .committedKeys(CacheTable.TOKENS)
            .rows()
            .filter(setting.and(col("compression").isin(settings.compressions().toArray())))
            .persist(StorageLevel.MEMORY_AND_DISK());
    this.featureKeys = writer.committedKeys(CacheTable.FEATURES).rows().filter(setting);
    Dataset<Row> known =
        videos.join(
            tokenKeys.select("video_id").distinct(), new String[] {"video_id"}, "left_semi");
    this.hashed = ContentHash.append(known).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> complete =
        hashed
            .join(tokenKeys, VIDEO, "inner")
            .groupBy("video_id", "content_sha256")
            .agg(count_distinct(col("compression")).as("compressions"))
            .filter(col("compressions").equalTo(settings.compressions().size()));
    if (settings.keepFeatures()) {
      complete = complete.join(featureKeys, VIDEO, "left_semi");
    }
    this.done = hashed.join(complete, VIDEO, "left_semi").persist(StorageLevel.MEMORY_AND_DISK());
  }

  /** Videos for which every key is committed: no work is left. */
  Dataset<Row> done() {
    return done;
  }

  /**
   * Drops the rows whose key is committed: those of a video that has some of its keys, but not all.
   */
  Dataset<Row> missing(CacheTable table, Dataset<Row> rows) {
    Dataset<Row> keys = table == CacheTable.FEATURES ? featureKeys : tokenKeys;
    Dataset<Row> partly = keys.join(hashed.join(done, VIDEO, "left_anti"), VIDEO, "left_semi");
    return partly.isEmpty()
        ? rows
        : rows.join(broadcast(partly), table.key().toArray(String[]::new), "left_anti");
  }

  @Override
  public void close() {
    done.unpersist();
    hashed.unpersist();
    tokenKeys.unpersist();
  }
}
