package io.tokenreel.video;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** A local folder that only this user can read, removed with all that it holds. */
public final class PrivateFolder implements AutoCloseable {

  /** Where the JVM has its temporary files. */
  static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  private final Path path;

  PrivateFolder(Path parent, String prefix) {
    try {
      this.path =
          Files.createTempDirectory(
              parent,
              prefix,
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no private folder could be made under %s; it must be a local folder that this user may write to"
              .formatted(parent),
          e);
    }
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    try {
      delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException("the folder " + path + " could not be removed", e);
    }
  }

  /** Deletes a folder with all that it holds; links are not followed. */
  public static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
