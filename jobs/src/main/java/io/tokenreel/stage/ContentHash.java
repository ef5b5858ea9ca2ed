package io.tokenreel.stage;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Iterator;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads videos to their end for the digest of their bytes, and for nothing else: how a rerun knows
 * what it has done.
 */
public final class ContentHash extends RowStage {

  private static final long serialVersionUID = 1;
  private static final Logger LOG = LoggerFactory.getLogger(ContentHash.class);
  private static final int BUFFER_BYTES = 1 << 20;

  private final int uriColumn;
  private final SerializableConfiguration hadoop;

  private ContentHash(int uriColumn, SerializableConfiguration hadoop) {
    super("hash");
    this.uriColumn = uriColumn;
    this.hadoop = hadoop;
  }

  /**
   * The rows with {@code content_sha256} appended: SHA-256 in lower-case hex, NULL for a file that
   * cannot be read.
   */
  public static Dataset<Row> append(Dataset<Row> videos) {
    SerializableConfiguration hadoop =
        new SerializableConfiguration(videos.sparkSession().sparkContext().hadoopConfiguration());
    return new ContentHash(videos.schema().fieldIndex("video_uri"), hadoop)
        .over(videos, videos.schema().add("content_sha256", DataTypes.StringType));
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
        return append(row, hash(row.getString(uriColumn)));
      }
    };
  }

  private String hash(String uri) {
    try (InputStream file = open(new Path(uri));
        DigestInputStream digested = new DigestInputStream(file, DigestUtils.getSha256Digest())) {
      byte[] buffer = new byte[BUFFER_BYTES];
      while (digested.read(buffer) >= 0) {
        // Reading is what feeds the digest.
      }
      return HexFormat.of().formatHex(digested.getMessageDigest().digest());
    } catch (IOException | RuntimeException e) {
      // Hadoop has unchecked exceptions for an unknown host or a wrong scheme, of one row.
      LOG.warn("{} cannot be read; it counts as changed", uri, e);
      return null;
    }
  }

  private InputStream open(Path path) throws IOException {
    return path.getFileSystem(hadoop.value()).open(path);
  }
}
