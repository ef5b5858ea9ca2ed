package io.tokenreel.pipeline.input;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.udf;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * The ids of videos that have none of their own: their paths below one folder, whatever input names
 * them, so that a folder and a manifest of the same files give the same ids.
 */
final class VideoIds {

  private final URI root;
  private final URI otherwise;

  /**
   * @param root the folder; need not be there
   */
  VideoIds(String root, Configuration hadoop) {
    try {
      Path path = UserPath.of(root);
      this.root = Stores.of(path, hadoop).makeQualified(path).toUri().normalize();
      this.otherwise = FileSystem.getDefaultUri(hadoop);
    } catch (IOException e) {
      throw new SettingsException("--id-root %s: %s".formatted(root, e.getMessage()));
    }
  }

  /** The id of the video at {@code video_uri}; NULL for one that does not lie below the folder. */
  Column id() {
    URI from = root;
    URI store = otherwise;
    UserDefinedFunction below =
        udf((UDF1<String, String>) uri -> below(from, store, uri), DataTypes.StringType);
    return below.apply(col("video_uri"));
  }

  /**
   * Sees to it that every video has an id.
   *
   * @throws SettingsException when one does not lie below the folder
   */
  void requireIds(Dataset<Row> videos) {
    Dataset<Row> without = videos.filter(col("video_id").isNull());
    long count = without.count();
    if (count > 0) {
      throw new SettingsException(
          "%d videos do not lie below --id-root %s; the first is %s"
              .formatted(count, root, without.agg(min("video_uri")).first().getString(0)));
    }
  }

  /** A video's path below a folder; null for one that lies elsewhere. */
  static String below(URI root, URI store, String video) {
    URI uri = UserPath.of(video).toUri();
    String scheme = uri.getScheme() == null ? store.getScheme() : uri.getScheme();
    String authority = uri.getScheme() == null ? store.getAuthority() : uri.getAuthority();
    String folder = root.getPath().replaceFirst("/*$", "/");
    String path = normalized(uri.getPath());
    boolean isBelow =
        root.getScheme().equalsIgnoreCase(scheme)
            && Objects.equals(root.getAuthority(), authority)
            && path.startsWith(folder)
            && path.length() > folder.length();
    return isBelow ? path.substring(folder.length()) : null;
  }

  private static String normalized(String path) {
    try {
      return new URI(null, null, path, null).normalize().getPath();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a path is the path of a URI: " + path, e);
    }
  }
}
