package io.tokenreel.video;

import io.tokenreel.spec.Spec;
import java.util.Arrays;

/**
 * {@code uniform:frames=32}: evenly spaced from the first frame to the last, as LLaVA's loaders do
 * it with {@code numpy.linspace(0, count - 1, frames, dtype=int)}. A video with fewer frames gives
 * some of them more than once.
 *
 * @param frames how many, 1 to {@value Samplers#MOST_FRAMES}
 */
public record UniformSampler(int frames) implements Sampler {

  /** The name in a spec. */
  public static final String NAME = "uniform";

  static UniformSampler of(Spec spec) {
    return new UniformSampler(Samplers.frames(spec, "frames", 32));
  }

  @Override
  public int maxFrames() {
    return frames;
  }

  @Override
  public int[] choose(FrameTimes times) {
    return evenly(times.count(), frames);
  }

  /** As many frames as wanted of so many as there are. */
  static int[] evenly(int count, int wanted) {
    return Arrays.stream(EvenSpacing.numpyLinspace(count, wanted))
        .mapToInt(place -> (int) place)
        .toArray();
  }

  @Override
  public String toString() {
    return NAME + ":frames=" + frames;
  }
}
