package io.tokenreel.video;

import io.tokenreel.spec.Spec;

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

  /** numpy's rule to the last bit: the step is rounded first, then multiplied; the end is exact. */
  static int[] evenly(int count, int wanted) {
    int[] chosen = new int[wanted];
    int last = count - 1;
    double step = wanted > 1 ? (double) last / (wanted - 1) : 0;
    for (int i = 0; i < wanted; i++) {
      chosen[i] = (int) (i * step);
    }
    if (wanted > 1) {
      chosen[wanted - 1] = last;
    }
    return chosen;
  }

  @Override
  public String toString() {
    return NAME + ":frames=" + frames;
  }
}
