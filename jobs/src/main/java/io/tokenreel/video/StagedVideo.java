package io.tokenreel.video;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A video's bytes on the local disk under a neutral name, because a file's name too is an untrusted
 * input to a demuxer.
 *
 * @param contentSha256 lower-case hex
 */
record StagedVideo(Path file, String contentSha256, long bytes) implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagedVideo.class);

  /**
   * Copies a video and hashes it on the way.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged unreadable, too_large or timeout
   * @throws IOException if the local disk does not take the copy, which is no fault of the video's
   */
  static StagedVideo stage(
      String uri, Configuration hadoop, Path folder, long maxBytes, long deadlineNanos)
      throws IOException, NotStaged {
    Path file = folder.resolve("video");
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    long total = 0;
    try (SourceReader source = new SourceReader(uri, hadoop);
        OutputStream out = Files.newOutputStream(file)) {
      for (byte[] chunk = source.next(deadlineNanos);
          chunk.length > 0;
          chunk = source.next(deadlineNanos)) {
        sha256.update(chunk);
        out.write(chunk);
        total += chunk.length;
        if (total > maxBytes) {
          throw new NotStaged(
              Reason.TOO_LARGE,
              total,
              "the file is over the limit of " + maxBytes + " bytes",
              null);
        }
      }
    } catch (IOException | NotStaged | RuntimeException e) {
      delete(file);
      throw e;
    }
    return new StagedVideo(file, HexFormat.of().formatHex(sha256.digest()), total);
  }

  /** What became of the video stands, whether or not its copy can be deleted. */
  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the copy {} of a video was not deleted; the next one will replace it", file, e);
    }
  }

  @Override
  public void close() {
    delete(file);
  }
}
