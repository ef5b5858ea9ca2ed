package io.tokenreel.cache;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A video and the bytes that its file had. An id is part of it, so that two ids whose files hold
 * equal bytes are two videos, and a file that changes has a content for each of its states.
 *
 * @param videoId unique in its manifest
 * @param contentSha256 lower-case hex digest of the file's bytes
 */
public record VideoContent(String videoId, String contentSha256) implements Serializable {

  /** The column of {@link #videoId}. */
  public static final String ID = "video_id";

  /** The column of {@link #contentSha256}. */
  public static final String SHA256 = "content_sha256";

  /** The columns, in the order of the components. */
  public static final List<String> COLUMNS = List.of(ID, SHA256);

  public VideoContent {
    Objects.requireNonNull(videoId, ID);
    Objects.requireNonNull(contentSha256, SHA256);
  }

  /** Of a row's columns. */
  public static VideoContent of(UnaryOperator<String> columns) {
    return new VideoContent(columns.apply(ID), columns.apply(SHA256));
  }

  /** {@link #COLUMNS} for a join, and more that are joined by. */
  public static String[] columns(String... more) {
    String[] columns = new String[COLUMNS.size() + more.length];
    COLUMNS.toArray(columns);
    System.arraycopy(more, 0, columns, COLUMNS.size(), more.length);
    return columns;
  }

  /** The rows whose content is among others. Both have {@link #COLUMNS}. */
  public static Dataset<Row> within(Dataset<Row> rows, Dataset<Row> others) {
    return rows.join(others, columns(), "left_semi");
  }

  /** Which rows of a table are of it. */
  public Column matches() {
    return col(ID).equalTo(videoId).and(col(SHA256).equalTo(contentSha256));
  }
}
