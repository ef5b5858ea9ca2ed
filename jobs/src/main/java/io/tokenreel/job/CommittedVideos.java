package io.tokenreel.job;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.stage.ContentHash;
import java.io.IOException;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What a cache holds already of a run's videos.
 *
 * <p>Only videos whose id is known are read for the digest of their bytes; what is new goes straight to the decoder.
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
  CommittedVideos(TokenCacheWriter writer, Dataset<Row> videos, PrecomputeSettings settings, String encoder)
      throws IOException {
    Column setting = col("encoder").equalTo(encoder).and(col("sampling").equalTo(settings.sampling()));
    this.tokenKeys =
        writer
            .committedKeys(CacheTable.TOKENS)
            .rows()
            .filter(setting.and(col("compression").isin(settings.compressions().toArray())))
            .persist(StorageLevel.MEMORY_AND_DISK());
    this.featureKeys = writer.committedKeys(CacheTable.FEATURES).rows().filter(setting);
    Dataset<Row> known = videos.join(tokenKeys.select("video_id").distinct(), new String[] {"video_id"}, "left_semi");
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

  /** Drops the rows whose key is committed: those of a video that has some of its keys, but not all. */
  Dataset<Row> missing(CacheTable table, Dataset<Row> rows) {
    Dataset<Row> keys = table == CacheTable.FEATURES ? featureKeys : tokenKeys;
    Dataset<Row> partly = keys.join(hashed.join(done, VIDEO, "left_anti"), VIDEO, "left_semi");
    return partly.isEmpty() ? rows : rows.join(broadcast(partly), table.key().toArray(String[]::new), "left_anti");
  }

  /** The outcomes of the videos that are done, as they were found when the work was done: no attempt, no time spent now. */
  Dataset<Row> outcomes(Dataset<Row> outcomes, String runId) {
    Column[] found =
        Arrays.stream(new String[] {"outcome", "reason", "detail", "input_bytes", "frames_decoded", "decode_errors"})
            .map(name -> col(name))
            .toArray(Column[]::new);
    Dataset<Row> newest =
        outcomes.groupBy("video_id", "content_sha256").agg(max_by(struct(found), col("created_at")).as("found"));
    return done.drop("video_bytes")
        .join(newest, VIDEO, "inner")
        .select(col("*"), col("found.*"))
        .drop("found")
        .withColumn("run_id", lit(runId))
        .withColumn("decode_ms", lit(null).cast("long"))
        .withColumn("encode_ms", lit(null).cast("long"))
        .withColumn("compress_ms", lit(null).cast("long"))
        .withColumn("attempts", lit(0))
        .withColumn("created_at", current_timestamp());
  }

  @Override
  public void close() {
    done.unpersist();
    hashed.unpersist();
    tokenKeys.unpersist();
  }
}
