package io.tokenreel.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FsConstants;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Hadoop's local file system, which verifies checksum files where there are some, with names that
 * have colons. Hadoop's own makes the checksum file's path from a text and fails on such a name.
 */
final class LocalFiles extends LocalFileSystem {

  private static LocalFiles shared;

  private LocalFiles() {}

  static synchronized LocalFiles of(Configuration hadoop) {
    if (shared == null) {
      LocalFiles made = new LocalFiles();
      try {
        made.initialize(FsConstants.LOCAL_FS_URI, hadoop);
      } catch (IOException e) {
        throw new UncheckedIOException("the local file system cannot be used", e);
      }
      shared = made;
    }
    return shared;
  }

  @Override
  public Path getChecksumFile(Path file) {
    return UserPath.below(file.getParent(), "." + file.getName() + ".crc");
  }
}
