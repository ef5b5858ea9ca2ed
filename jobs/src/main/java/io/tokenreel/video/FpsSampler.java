package io.tokenreel.video;

import io.tokenreel.spec.Spec;
import java.util.Arrays;

/**
 * {@code fps:rate=1,max=64}: at the times 0, 1/rate, 2/rate ... the frame that is on screen then,
 * that is the last one at or before. When these are more than {@code max}, {@code max} of them are
 * taken evenly by {@link UniformSampler}'s rule, so first and last stay.
 *
 * @param rate frames per second, above 0 and at most 1000
 * @param max 1 to {@value Samplers#MOST_FRAMES}
 */
public record FpsSampler(double rate, int max) implements Sampler {

  /** The name in a spec. */
  public static final String NAME = "fps";

  private static final double MICROS_PER_SECOND = 1e6;

  /** Of a span between two times that are rounded to microseconds: a tick at its end counts. */
  private static final double ROUNDED = 0.5;

  static FpsSampler of(Spec spec) {
    return new FpsSampler(Samplers.rate(spec, 1), Samplers.frames(spec, "max", 64));
  }

  @Override
  public int maxFrames() {
    return max;
  }

  @Override
  public int[] choose(FrameTimes times) {
    long[] pts = times.ptsMicros();
    long span = pts[pts.length - 1] - pts[0];
    int ticks =
        (int) Math.min(Integer.MAX_VALUE, (long) ((span + ROUNDED) / MICROS_PER_SECOND * rate) + 1);
    int[] kept =
        ticks <= max ? UniformSampler.evenly(ticks, ticks) : UniformSampler.evenly(ticks, max);
    int[] chosen = new int[kept.length];
    for (int i = 0; i < kept.length; i++) {
      chosen[i] = lastAtOrBefore(pts, pts[0] + Math.round(kept[i] * MICROS_PER_SECOND / rate));
    }
    return chosen;
  }

  private static int lastAtOrBefore(long[] pts, long time) {
    int place = Arrays.binarySearch(pts, time);
    if (place < 0) {
      return -place - 2;
    }
    while (place + 1 < pts.length && pts[place + 1] == time) {
      place++;
    }
    return place;
  }

  @Override
  public String toString() {
    return NAME + ":rate=" + Spec.print(rate) + ",max=" + max;
  }
}
