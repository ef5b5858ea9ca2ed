package io.tokenreel.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of remote files in a local folder that the JVMs of one machine share.
 *
 * <p>One JVM at a time copies, under the folder's lock: the others then find the copy instead of
 * making it again, and an unfinished one that is there while the lock is held is that of a JVM that
 * died, and is removed.
 */
final class StagedFiles {

  private static final Logger LOG = LoggerFactory.getLogger(StagedFiles.class);
  private static final String PARTIAL = ".partial";

  private StagedFiles() {}

  /** Where a file's bytes come from. */
  @FunctionalInterface
  interface Source {

    /** Opens the file; the caller closes it. */
    InputStream open() throws IOException;
  }

  /**
   * The local copy of a file, made when it is missing. It appears under its name whole.
   *
   * @param name of the copy, another one for every version of the file
   * @param bytes length of the file
   * @throws IOException when it cannot be copied, or its length is another
   */
  static synchronized Path take(Path folder, String name, long bytes, Source source)
      throws IOException {
    Path staged = folder.resolve(name);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      LOG.debug("{} is copied under {}", name, lock);
      removeUnfinished(folder);
      if (Files.notExists(staged) || Files.size(staged) != bytes) {
        copy(source, bytes, staged);
      }
    }
    return staged;
  }

  private static void copy(Source source, long bytes, Path staged) throws IOException {
    Path partial = staged.resolveSibling(staged.getFileName() + PARTIAL);
    try (InputStream in = source.open()) {
      long copied = Files.copy(in, partial);
      if (copied != bytes) {
        throw new IOException(
            "expected %d bytes of %s; got %d: the file changed or its transfer was cut short"
                .formatted(bytes, staged.getFileName(), copied));
      }
      Files.move(partial, staged, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  private static void removeUnfinished(Path folder) throws IOException {
    try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(folder, "*" + PARTIAL)) {
      for (Path partial : unfinished) {
        LOG.info("removing {}, which a JVM that died left behind", partial);
        Files.deleteIfExists(partial);
      }
    }
  }
}
