package io.tokenreel.video;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;

/**
 * A video's bytes on the local disk under a neutral name, because a file's name too is an untrusted
 * input to a demuxer.
 *
 * @param contentSha256 lower-case hex
 */
record StagedVideo(Path file, String contentSha256, long bytes) implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 20;

  /** A file over the limit on bytes, or one that came too slowly. */
  static final class OverLimit extends Exception {

    private static final long serialVersionUID = 1;

    private final Reason reason;
    private final long bytes;

    OverLimit(Reason reason, long bytes, String message) {
      super(message);
      this.reason = reason;
      this.bytes = bytes;
    }

    Reason reason() {
      return reason;
    }

    /** Read before the limit was met. */
    long bytes() {
      return bytes;
    }
  }

  /**
   * Copies a video and hashes it on the way.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws IOException if it cannot be read to its end
   */
  static StagedVideo stage(
      String uri, Configuration hadoop, Path folder, long maxBytes, long deadlineNanos)
      throws IOException, OverLimit {
    org.apache.hadoop.fs.Path path = hadoopPath(uri);
    Path file = folder.resolve("video");
    MessageDigest sha256 = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    long total = 0;
    try (InputStream in = path.getFileSystem(hadoop).open(path);
        OutputStream out = Files.newOutputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sha256.update(buffer, 0, read);
        out.write(buffer, 0, read);
        total += read;
        if (total > maxBytes) {
          throw new OverLimit(
              Reason.TOO_LARGE, total, "the file is over the limit of " + maxBytes + " bytes");
        }
        if (System.nanoTime() - deadlineNanos > 0) {
          throw new OverLimit(
              Reason.TIMEOUT, total, "the wall time was over after " + total + " bytes were read");
        }
      }
    } catch (IOException | OverLimit | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    return new StagedVideo(file, HexFormat.of().formatHex(sha256.digest()), total);
  }

  private static org.apache.hadoop.fs.Path hadoopPath(String uri) throws IOException {
    try {
      return new org.apache.hadoop.fs.Path(uri);
    } catch (IllegalArgumentException e) {
      throw new IOException("not a Hadoop path: " + e.getMessage(), e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
