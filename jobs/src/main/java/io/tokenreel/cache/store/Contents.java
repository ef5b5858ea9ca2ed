package io.tokenreel.cache.store;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.VideoContent;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which bytes of each video are current: those of the last wave that has a row of it in {@code
 * contents/}. Waves are counted, so no clock decides.
 *
 * <p>A row of {@code tokens/}, {@code features/} or {@code selections/} is current when its {@code
 * content_sha256} is its video's current one; any other is superseded. A file that changes and
 * changes back has its first rows current again.
 */
public final class Contents {

  private static final String ID = VideoContent.ID;
  private static final String CONTENT = VideoContent.SHA256;
  private static final String WAVE = "wave";

  private Contents() {}

  /**
   * The current bytes of each video.
   *
   * @param contents rows of {@code contents/}
   * @return {@code video_id, content_sha256}, a row per video
   */
  public static Dataset<Row> current(Dataset<Row> contents) {
    return contents.groupBy(ID).agg(max_by(col(CONTENT), col(WAVE)).as(CONTENT));
  }

  /**
   * The rows that are current.
   *
   * @param rows with {@code video_id} and {@code content_sha256}
   * @param contents rows of {@code contents/}
   */
  public static Dataset<Row> currentOf(Dataset<Row> rows, Dataset<Row> contents) {
    return VideoContent.within(rows, current(contents));
  }

  /** What a wave says of the bytes of videos: each video's own, of which it has one. */
  public static Dataset<Row> seen(Dataset<Row> videos, long wave) {
    return videos
        .where(col(CONTENT).isNotNull())
        .groupBy(ID)
        .agg(max(CONTENT).as(CONTENT))
        .withColumn(WAVE, lit(wave));
  }

  /**
   * What {@code contents/} is to say of a cache that has none, because an older version wrote it.
   * The bytes that each video's last outcome is of are current. Where its last tokens are of
   * others, the file has changed back: that is said as of {@code wave}, all else as of wave 0.
   *
   * @param outcomes and {@code tokens}, by {@link TableStore#inOrder}
   */
  public static Dataset<Row> ofOld(Dataset<Row> outcomes, Dataset<Row> tokens, long wave) {
    Dataset<Row> seen = last(outcomes.where(col("outcome").isin("OK", "DEGRADED")), "seen");
    return seen.join(last(tokens, "written"), new String[] {ID}, "full_outer")
        .select(
            col(ID),
            coalesce(col("seen"), col("written")).as(CONTENT),
            when(col("seen").notEqual(col("written")), wave).otherwise(0L).as(WAVE));
  }

  private static Dataset<Row> last(Dataset<Row> rows, String name) {
    return rows.where(col(CONTENT).isNotNull())
        .groupBy(ID)
        .agg(max_by(col(CONTENT), struct(TableStore.ORDER, "created_at")).as(name));
  }

  /** The rows of {@code contents/}; for a cache of an older version, what they are to be. */
  static Dataset<Row> of(TableStore store) throws IOException {
    return store.has(CacheTable.CONTENTS)
        ? store.rows(CacheTable.CONTENTS)
        : ofOld(
            store.inOrder(CacheTable.OUTCOMES), store.inOrder(CacheTable.TOKENS), Long.MAX_VALUE);
  }

  /** Of what a wave says that which {@code contents/} does not say already. */
  public static Dataset<Row> news(Dataset<Row> seen, Dataset<Row> contents) {
    return seen.join(current(contents), VideoContent.columns(), "left_anti");
  }
}
