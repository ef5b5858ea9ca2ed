package io.tokenreel.video;

import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * The bytes of a video where it lies.
 *
 * @param length that the source itself says it has, in bytes, or -1 when it says none
 * @param saidBy what says so, for messages
 */
record SourceStream(InputStream bytes, long length, String saidBy) implements AutoCloseable {

  private static final String LENGTH = "its length in the file system";

  /** As many bytes came as the source itself or whoever listed it said, or not. */
  static final class LengthException extends IOException {

    private static final long serialVersionUID = 1;

    private LengthException(long read, long expected, String saidBy) {
      super(
          "%d bytes came, and %s is %d: %s"
              .formatted(
                  read,
                  saidBy,
                  expected,
                  read < expected ? "it ended early" : "it has changed, or is still written"));
    }

    @Override
    public String toString() {
      return getMessage();
    }
  }

  /**
   * Opens a source.
   *
   * @throws FileNotFoundException when there is none under any {@linkplain UserPath#readings
   *     reading} of the URI
   */
  static SourceStream open(String uri, Configuration hadoop) throws IOException {
    if (UserPath.scheme(uri).filter(Stores::isHttp).isPresent()) {
      return HttpSource.open(UserPath.http(uri));
    }
    FileNotFoundException absent = null;
    for (Path path : UserPath.readings(uri)) {
      try {
        return open(path, Stores.of(path, hadoop));
      } catch (FileNotFoundException e) {
        absent = absent == null ? e : absent;
      }
    }
    throw absent;
  }

  /** Opens a file of this machine. */
  static SourceStream open(LocalFile file) throws IOException {
    java.nio.file.Path path = file.path();
    long length = Files.size(path);
    return new SourceStream(Files.newInputStream(path), length, LENGTH);
  }

  private static SourceStream open(Path path, FileSystem files) throws IOException {
    FileStatus status = files.getFileStatus(path);
    InputStream bytes =
        FutureIO.awaitFuture(
            files
                .openFile(path)
                .opt("fs.option.openfile.read.policy", "whole-file")
                .withFileStatus(status)
                .build());
    return new SourceStream(bytes, status.getLen(), LENGTH);
  }

  /**
   * Holds what was read to its end against every length that is known.
   *
   * @param listed length in bytes as a manifest or a listing has it, or -1
   * @throws LengthException when one differs
   */
  void requireWhole(long read, long listed) throws LengthException {
    require(read, length, saidBy);
    require(read, listed, "video_bytes, of the manifest or the listing,");
  }

  private static void require(long read, long expected, String saidBy) throws LengthException {
    if (expected >= 0 && read != expected) {
      throw new LengthException(read, expected, saidBy);
    }
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
