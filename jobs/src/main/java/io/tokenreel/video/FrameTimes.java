package io.tokenreel.video;

/**
 * The decodable frames of a video in presentation order, as a sampler sees them.
 *
 * @param ptsMicros {@code [frames]}, ascending, microseconds from the first frame
 * @param keyframe {@code [frames]}, whether the frame needs no other
 * @param rate frames per second, the container's average, finite and above 0; where frames are lost
 *     or their rate varies, the times say otherwise
 */
public record FrameTimes(long[] ptsMicros, boolean[] keyframe, double rate) {

  public FrameTimes {
    if (ptsMicros.length != keyframe.length || ptsMicros.length == 0) {
      throw new IllegalArgumentException(
          "expected as many times as keyframe flags and at least one; got %d and %d"
              .formatted(ptsMicros.length, keyframe.length));
    }
    SourceInfo.requireRate(rate);
  }

  public int count() {
    return ptsMicros.length;
  }

  /** Their number and rate. */
  public SourceInfo source() {
    return new SourceInfo(count(), rate);
  }
}
