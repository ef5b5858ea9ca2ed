package io.tokenreel.video;

import io.tokenreel.spec.Spec;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * {@code keyframes:max=32}: the frames that need no other, all of them or {@code max} taken evenly
 * by {@link UniformSampler}'s rule.
 *
 * @param max 1 to {@value Samplers#MOST_FRAMES}
 */
public record KeyframeSampler(int max) implements Sampler {

  /** The name in a spec. */
  public static final String NAME = "keyframes";

  static KeyframeSampler of(Spec spec) {
    return new KeyframeSampler(Samplers.frames(spec, "max", 32));
  }

  @Override
  public int maxFrames() {
    return max;
  }

  @Override
  public int[] choose(FrameTimes times) {
    int[] keys =
        IntStream.range(0, times.count()).filter(frame -> times.keyframe()[frame]).toArray();
    if (keys.length <= max) {
      return keys;
    }
    return Arrays.stream(UniformSampler.evenly(keys.length, max)).map(i -> keys[i]).toArray();
  }

  @Override
  public String toString() {
    return NAME + ":max=" + max;
  }
}
