package io.tokenreel.video;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CancellationException;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;

/** The digest of a video's bytes where it lies, without a copy of it. */
public final class SourceDigest {

  private SourceDigest() {}

  /**
   * SHA-256 in lower-case hex, as staging the video would give it, and within the same time.
   *
   * @param hadoop how the video's file system is reached
   * @param wall time that reading may take; a file system that hangs costs no more than that
   * @throws IOException if the video cannot be read, with staging's reason
   * @throws CancellationException if the calling thread is interrupted
   */
  public static String sha256(VideoRef video, Configuration hadoop, Duration wall)
      throws IOException {
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    try {
      SourceReading.read(video, hadoop, System.nanoTime() + wall.toNanos(), new Sums(sha256));
    } catch (NotStaged e) {
      throw new IOException(e.reason().label() + ": " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(sha256.digest());
  }

  private record Sums(MessageDigest sha256) implements SourceReading.Sink {

    @Override
    public void begin() {
      sha256.reset();
    }

    @Override
    public void accept(byte[] chunk) {
      sha256.update(chunk);
    }
  }
}
