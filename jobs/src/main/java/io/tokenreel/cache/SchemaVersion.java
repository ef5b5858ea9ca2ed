package io.tokenreel.cache;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.Path;

/**
 * The version of an output's tables, which is what a reader must understand of them: the number in
 * the name of the empty file {@code _schema-1}, so that nobody reads a file to know it. Columns
 * that may be NULL, and tables that a reader need not know, come without a new version.
 */
public final class SchemaVersion {

  /** The version that this program writes, and the newest that it reads. */
  static final int NEWEST = 1;

  private static final String NAME = "_schema-";

  private SchemaVersion() {}

  /**
   * Checks that this program understands the tables of an output; of one without a version, which
   * is new or was written before there was any, it does.
   *
   * @throws TableSettingsException when they are newer
   */
  public static void require(CacheFiles files, CacheLayout layout) throws IOException {
    for (String name : names(files, layout)) {
      if (Integer.parseInt(name.substring(NAME.length())) > NEWEST) {
        throw new TableSettingsException(
            "%s has tables of version %s, and this program knows versions up to %d: use a newer tokenreel"
                .formatted(layout.root(), name.substring(NAME.length()), NEWEST));
      }
    }
  }

  /** Whether an output says its version, as every cache does but those of the oldest writers. */
  public static boolean isThere(CacheFiles files, CacheLayout layout) throws IOException {
    return !names(files, layout).isEmpty();
  }

  private static List<String> names(CacheFiles files, CacheLayout layout) throws IOException {
    return files.list(layout.root()).stream()
        .map(status -> status.getPath().getName())
        .filter(name -> name.matches(NAME + "[0-9]+"))
        .toList();
  }

  /** Writes the version of an output that has none. */
  public static void add(CacheFiles files, CacheLayout layout) throws IOException {
    Path path = new Path(layout.root(), NAME + NEWEST);
    if (!files.fileSystem().exists(path)) {
      files.writeEmpty(path);
    }
  }
}
