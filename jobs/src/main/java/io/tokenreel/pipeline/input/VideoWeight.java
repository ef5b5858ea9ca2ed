package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * How long a video takes, beside others: its bytes and a constant for what every video costs; an
 * unknown length counts the constant only.
 */
public final class VideoWeight {

  public static final String BYTES = "video_bytes";

  private static final long PER_VIDEO = 1 << 20;

  private VideoWeight() {}

  /**
   * The weight of one video.
   *
   * @param bytesColumn where {@code video_bytes} is in the row
   */
  public static long of(Row video, int bytesColumn) {
    return PER_VIDEO + (video.isNullAt(bytesColumn) ? 0 : video.getLong(bytesColumn));
  }

  /** The weight as a column over {@code video_bytes}. */
  public static Column column() {
    return coalesce(col(BYTES), lit(0L)).plus(PER_VIDEO);
  }
}
