package io.tokenreel.cache.store;

import com.fasterxml.jackson.core.JacksonException;
import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.SchemaVersion;
import io.tokenreel.cache.TableSettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;

/**
 * Whether a cache can be where an output was named: other folders have files below names such as
 * {@code features/} too, and nothing may be written beside them.
 */
final class OutputFolder {

  private final CacheFiles files;
  private final CacheLayout layout;

  OutputFolder(CacheFiles files, CacheLayout layout) {
    this.files = files;
    this.layout = layout;
  }

  /**
   * Changes nothing.
   *
   * @throws TableSettingsException when the output is a file or below one, or has files of others
   *     where a cache has its own
   */
  void require() throws IOException {
    requireNoFile();
    if (SchemaVersion.isThere(files, layout)) {
      return;
    }
    for (CacheTable table : CacheTable.values()) {
      for (FileStatus status : files.listTable(layout.table(table))) {
        if (!CacheLayout.isTableFile(status.getPath())) {
          throw ofOthers(status.getPath());
        }
      }
    }
    try {
      new RunRecords(files, layout.runs()).all();
    } catch (JacksonException e) {
      throw ofOthers(layout.runs());
    }
  }

  private void requireNoFile() throws IOException {
    for (Path at = layout.root(); at != null; at = at.getParent()) {
      Optional<FileStatus> status = status(at);
      if (status.isPresent()) {
        if (!status.get().isDirectory()) {
          throw new TableSettingsException(
              "the output %s cannot be a folder: %s is a file; name another"
                  .formatted(layout.root(), at));
        }
        return;
      }
    }
  }

  private Optional<FileStatus> status(Path path) throws IOException {
    try {
      return Optional.of(files.fileSystem().getFileStatus(path));
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      return Optional.empty();
    }
  }

  private TableSettingsException ofOthers(Path found) {
    return new TableSettingsException(
        "the output %s is no cache, and has %s where a cache has files of its own: name a new folder, or a cache"
            .formatted(layout.root(), found));
  }
}
