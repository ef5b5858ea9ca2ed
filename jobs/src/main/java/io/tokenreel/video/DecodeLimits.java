package io.tokenreel.video;

import java.io.Serializable;
import java.time.Duration;

/**
 * What one untrusted video may cost. A video over a limit is a FAILED row, never a failed task.
 *
 * @param wall from staging to the last frame, both attempts together; over it: timeout
 * @param cpu processor time of the decoder on one video; over it: timeout
 * @param maxBytes of the file, because it is staged on the local disk; over it: too_large
 * @param maxPixels of one frame; over it: too_large
 * @param maxVideo presentation time from the first to the last frame; over it: too_large
 * @param memoryMegabytes of the decoder process, at least {@value #LEAST_MEGABYTES}; over it:
 *     decoder_memory
 */
public record DecodeLimits(
    Duration wall,
    Duration cpu,
    long maxBytes,
    long maxPixels,
    Duration maxVideo,
    int memoryMegabytes)
    implements Serializable {

  /** The longest video duration, in hours, that may be asked for: some 114 years. */
  public static final int MOST_HOURS = 1_000_000;

  /** Below this a decoder JVM does not start reliably. */
  public static final int LEAST_MEGABYTES = 192;

  /**
   * Ten minutes of wall and of processor time, 64 GiB, one 8K frame (8192 x 4352) where the memory
   * holds as large ones, twelve hours, 512 MB.
   */
  public static final DecodeLimits DEFAULT =
      new DecodeLimits(
          Duration.ofMinutes(10),
          Duration.ofMinutes(10),
          64L << 30,
          8192L * 4352,
          Duration.ofHours(12),
          512);

  public DecodeLimits {
    requirePositive("wall time", wall);
    requirePositive("processor time", cpu);
    requirePositive("video duration", maxVideo);
    requireAtLeast("bytes of a file", maxBytes, 1);
    requireAtLeast("pixels of a frame", maxPixels, 1);
    requireAtLeast("megabytes of the decoder", memoryMegabytes, LEAST_MEGABYTES);
  }

  /** The same limits with another wall time and as much processor time. */
  public DecodeLimits withTime(Duration other) {
    return new DecodeLimits(other, other, maxBytes, maxPixels, maxVideo, memoryMegabytes);
  }

  /** The same limits with another memory cap. */
  public DecodeLimits withMemoryMegabytes(int other) {
    return new DecodeLimits(wall, cpu, maxBytes, maxPixels, maxVideo, other);
  }

  /** The same limits with another video duration. */
  public DecodeLimits withMaxVideo(Duration other) {
    return new DecodeLimits(wall, cpu, maxBytes, maxPixels, other, memoryMegabytes);
  }

  /** For a person: the wall time was over. */
  String wallIsOver() {
    return "the wall time of %d s was over; raise it with --decode-timeout or timeoutSeconds"
        .formatted(wall.toSeconds());
  }

  /** For a person: the processor time was used up. */
  String cpuIsUsedUp() {
    return "the processor time of %d s was used up; raise it with --decode-timeout or timeoutSeconds"
        .formatted(cpu.toSeconds());
  }

  /** For a person: the memory cap was met. */
  String memoryIsFull() {
    return "the decoder's memory limit of %d MB was reached; raise it with --decode-memory or memoryMegabytes"
        .formatted(memoryMegabytes);
  }

  private static void requirePositive(String what, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(
          "the limit on " + what + " must be positive; got " + value);
    }
  }

  private static void requireAtLeast(String what, long value, long least) {
    if (value < least) {
      throw new IllegalArgumentException(
          "the limit on %s must be at least %d; got %d".formatted(what, least, value));
    }
  }
}
