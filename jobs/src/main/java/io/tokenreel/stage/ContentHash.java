package io.tokenreel.stage;

import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.video.SourceDigest;
import io.tokenreel.video.UriSecrets;
import io.tokenreel.video.VideoRef;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads videos to their end for the digest of their bytes, and for nothing else: how a rerun knows
 * what it has done.
 */
public final class ContentHash extends RowStage {

  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(ContentHash.class);

  private final int idColumn;
  private final int uriColumn;
  private final int lengthColumn;
  private final Duration wall;
  private final TaskConfiguration hadoop;

  private ContentHash(
      int idColumn, int uriColumn, int lengthColumn, Duration wall, TaskConfiguration hadoop) {
    super("hash");
    this.idColumn = idColumn;
    this.uriColumn = uriColumn;
    this.lengthColumn = lengthColumn;
    this.wall = wall;
    this.hadoop = hadoop;
  }

  /**
   * The rows, which have {@code video_id}, {@code video_uri} and {@code video_bytes}, with {@code
   * content_sha256} appended: SHA-256 in lower-case hex, NULL for a file that cannot be read in
   * time.
   *
   * @param wall time that one video may take, as for decoding it
   */
  public static Dataset<Row> append(Dataset<Row> videos, Duration wall) {
    TaskConfiguration hadoop = TaskConfiguration.broadcast(videos.sparkSession());
    StructType schema = videos.schema();
    return new ContentHash(
            schema.fieldIndex("video_id"),
            schema.fieldIndex("video_uri"),
            schema.fieldIndex("video_bytes"),
            wall,
            hadoop)
        .over(videos, schema.add("content_sha256", DataTypes.StringType));
  }

  @Override
  Iterator<Row> open(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        Row row = rows.next();
        long length = row.isNullAt(lengthColumn) ? -1 : row.getLong(lengthColumn);
        return append(
            row, hash(new VideoRef(row.getString(idColumn), row.getString(uriColumn), length)));
      }
    };
  }

  private String hash(VideoRef video) {
    try {
      return SourceDigest.sha256(video, hadoop.value(), wall);
    } catch (IOException e) {
      LOG.warn(
          "video {}: it cannot be read and counts as changed: {}",
          UriSecrets.hideIn(video.id()),
          UriSecrets.hide(e.getMessage()));
      return null;
    }
  }
}
