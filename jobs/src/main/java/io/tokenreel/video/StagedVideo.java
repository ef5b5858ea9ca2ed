package io.tokenreel.video;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A video's bytes on the local disk under a neutral name, because a file's name too is an untrusted
 * input to a demuxer: a copy, or a link to where they lie.
 *
 * @param videoId of the video, for log lines
 * @param contentSha256 lower-case hex
 * @param source what a link leads to; null for a copy
 */
record StagedVideo(String videoId, Path file, String contentSha256, long bytes, LocalFile source)
    implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StagedVideo.class);
  private static final String NAME = "video";

  /** Bytes of the local disk that a source of unknown length leaves to others. */
  static final long ROOM_LEFT = 256L << 20;

  /** What the local disk has left. */
  @FunctionalInterface
  interface Room {
    long bytes() throws IOException;
  }

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
    return stage(video, hadoop, folder, maxBytes, deadlineNanos, () -> usable(folder));
  }

  private static long usable(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  /** As the other one, with another disk. */
  static StagedVideo stage(
      VideoRef video,
      Configuration hadoop,
      Path folder,
      long maxBytes,
      long deadlineNanos,
      Room room)
      throws IOException, NotStaged {
    Path file = folder.resolve(NAME);
    try (Copy copy = new Copy(file, maxBytes, room)) {
      SourceReading.read(video, hadoop, deadlineNanos, copy);
      return new StagedVideo(video.hiddenId(), file, copy.sha256(), copy.digest.total, null);
    } catch (IOException | NotStaged | RuntimeException e) {
      delete(video.hiddenId(), file);
      throw e;
    }
  }

  /**
   * Links to a video and hashes it. Whether what was hashed is what was decoded, {@link
   * #isUnchanged} tells after the decoding.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @return empty where no link can be made
   * @throws NotStaged unreadable, too_large or timeout
   */
  static Optional<StagedVideo> link(
      VideoRef video, LocalFile source, Path folder, long maxBytes, long deadlineNanos)
      throws IOException, NotStaged {
    Digest digest = new Digest(maxBytes);
    SourceReading.read(video, () -> SourceStream.open(source), deadlineNanos, digest);
    Path file = folder.resolve(NAME);
    try {
      Files.deleteIfExists(file);
      Files.createSymbolicLink(file, source.path());
    } catch (IOException e) {
      LOG.debug("video {}: no link {}", video.hiddenId(), file, e);
      return Optional.empty();
    }
    return Optional.of(
        new StagedVideo(video.hiddenId(), file, digest.sha256(), digest.total, source));
  }

  /** Whether the bytes are still those that were hashed. A copy's always are. */
  boolean isUnchanged() {
    return source == null || source.isUnchanged();
  }

  /** Hashes what comes, no more than it may be. */
  private static final class Digest implements SourceReading.Sink {

    private final MessageDigest sha256 = DigestUtils.getSha256Digest();
    private final long maxBytes;
    private long total;

    Digest(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public void begin() {
      sha256.reset();
      total = 0;
    }

    @Override
    public void expect(long length) throws NotStaged {
      requireLimit(length);
    }

    @Override
    public void accept(byte[] chunk) throws NotStaged {
      sha256.update(chunk);
      total += chunk.length;
      requireLimit(total);
    }

    private void requireLimit(long bytes) throws NotStaged {
      if (bytes > maxBytes) {
        throw new NotStaged(
            Reason.TOO_LARGE, total, "the file is over the limit of " + maxBytes + " bytes", null);
      }
    }

    String sha256() {
      return HexFormat.of().formatHex(sha256.digest());
    }
  }

  /**
   * Writes what comes to a file as well. A source may send without an end, or what it packed a
   * thousandfold; one that does not say how long it is does not take the disk's last bytes.
   */
  private static final class Copy implements SourceReading.Sink, AutoCloseable {

    private final Digest digest;
    private final FileChannel out;
    private final Room room;
    private boolean endless;

    Copy(Path file, long maxBytes, Room room) throws IOException {
      this.digest = new Digest(maxBytes);
      this.room = room;
      Files.deleteIfExists(file); // a link that was left would be followed to its video
      this.out = FileChannel.open(file, CREATE_NEW, WRITE);
    }

    @Override
    public void begin() throws IOException {
      out.position(0).truncate(0);
      digest.begin();
    }

    @Override
    public void expect(long length) throws IOException, NotStaged {
      digest.expect(length);
      endless = length < 0;
    }

    @Override
    public void accept(byte[] chunk) throws IOException, NotStaged {
      long left = endless ? room.bytes() : Long.MAX_VALUE;
      if (left < ROOM_LEFT) {
        throw new NotStaged(
            Reason.TOO_LARGE,
            digest.total,
            "its source does not say how long it is, and after %d bytes of it the local disk has %d MB left, of which %d stay free; a larger disk for spark.local.dir takes more"
                .formatted(digest.total, left >> 20, ROOM_LEFT >> 20),
            null);
      }
      for (ByteBuffer bytes = ByteBuffer.wrap(chunk); bytes.hasRemaining(); ) {
        out.write(bytes);
      }
      digest.accept(chunk);
    }

    String sha256() {
      return digest.sha256();
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
