package io.tokenreel.video;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
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
 * @param videoId of the video, for log lines
 * @param contentSha256 lower-case hex
 */
record StagedVideo(String videoId, Path file, String contentSha256, long bytes)
    implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagedVideo.class);

  /**
   * Copies a video and hashes it on the way.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged unreadable, too_large or timeout
   * @throws IOException if the local disk does not take the copy, which is no fault of the video's
   */
  static StagedVideo stage(
      VideoRef video, Configuration hadoop, Path folder, long maxBytes, long deadlineNanos)
      throws IOException, NotStaged {
    Path file = folder.resolve("video");
    try (Copy copy = new Copy(file, maxBytes)) {
      SourceReading.read(video, hadoop, deadlineNanos, copy);
      return new StagedVideo(video.hiddenId(), file, copy.sha256(), copy.total);
    } catch (IOException | NotStaged | RuntimeException e) {
      delete(video.hiddenId(), file);
      throw e;
    }
  }

  /** Writes what comes to a file, no more than it may be. */
  private static final class Copy implements SourceReading.Sink, AutoCloseable {

    private final MessageDigest sha256 = DigestUtils.getSha256Digest();
    private final FileChannel out;
    private final long maxBytes;
    private long total;

    Copy(Path file, long maxBytes) throws IOException {
      this.out = FileChannel.open(file, CREATE, WRITE);
      this.maxBytes = maxBytes;
    }

    @Override
    public void begin() throws IOException {
      out.position(0).truncate(0);
      sha256.reset();
      total = 0;
    }

    @Override
    public void accept(byte[] chunk) throws IOException, NotStaged {
      sha256.update(chunk);
      for (ByteBuffer bytes = ByteBuffer.wrap(chunk); bytes.hasRemaining(); ) {
        out.write(bytes);
      }
      total += chunk.length;
      if (total > maxBytes) {
        throw new NotStaged(
            Reason.TOO_LARGE, total, "the file is over the limit of " + maxBytes + " bytes", null);
      }
    }

    String sha256() {
      return HexFormat.of().formatHex(sha256.digest());
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  /** What became of the video stands, whether or not its copy can be deleted. */
  private static void delete(String videoId, Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn(
          "video {}: its copy {} was not deleted; the next one will replace it", videoId, file, e);
    }
  }

  @Override
  public void close() {
    delete(videoId, file);
  }
}
