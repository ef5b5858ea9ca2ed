package io.tokenreel.model;

import io.tokenreel.video.SourceInfo;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;

/**
 * When a video's sampled frames are shown, as models tell time: by a frame's number and the
 * source's average rate.
 *
 * @param source what the frames were sampled from
 * @param index {@code [sampled frames]}, the number of each in the source, ascending; shared,
 *     nobody writes to it
 */
public record SourceTimes(SourceInfo source, int[] index) {

  public SourceTimes {
    Objects.requireNonNull(source, "source");
    if (index.length == 0) {
      throw new IllegalArgumentException("a video must have sampled frames; got none");
    }
  }

  /**
   * Seconds as prompts print them, Python's {@code :.2f}: the exact binary value, half to even.
   *
   * @param decimals digits after the point
   */
  public static String print(double seconds, int decimals) {
    return new BigDecimal(seconds).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
  }

  /** How long the source lasts. */
  public double seconds() {
    return source.frames() / source.rate();
  }

  /** When a sampled frame is shown, from the source's start. */
  public double seconds(int sampled) {
    return index[sampled] / source.rate();
  }

  /**
   * How long a step lasts, in float32: its frames by the rate of the sampled frames; {@code
   * second_per_grid_ts} of Transformers.
   *
   * @param stepFrames sampled frames of a step
   */
  public float secondsPerStep(int stepFrames) {
    double sampledRate = (double) index.length / source.frames() * source.rate();
    return (float) (stepFrames / sampledRate);
  }

  /**
   * When a step is shown, from the source's start: the mean of its first and last frame's; an odd
   * last frame is both.
   *
   * @param stepFrames sampled frames of a step
   */
  public double stepSeconds(int step, int stepFrames) {
    int first = step * stepFrames;
    int last = Math.min(first + stepFrames, index.length) - 1;
    return (seconds(first) + seconds(last)) / 2;
  }
}
