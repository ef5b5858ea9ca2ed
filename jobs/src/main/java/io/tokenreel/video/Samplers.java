package io.tokenreel.video;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.Spec;
import io.tokenreel.spec.SpecRegistry;
import java.util.List;

/** The one registry of samplers: a new sampler is its class and one line here. */
public final class Samplers {

  /** The most frames that a sampler may be asked for. */
  public static final int MOST_FRAMES = 4096;

  private static final SpecRegistry<Sampler> SAMPLERS =
      new SpecRegistry<Sampler>("sampling", "sampler", UniformSampler.NAME + ":frames=32")
          .with(
              UniformSampler.NAME,
              "takes frames evenly spaced from the first to the last, by numpy.linspace's rule",
              UniformSampler::of)
          .with(
              FpsSampler.NAME,
              "takes the frames that are on screen rate times a second; of more than max, max evenly",
              FpsSampler::of)
          .with(
              KeyframeSampler.NAME,
              "takes the frames that need no other; of more than max, max evenly",
              KeyframeSampler::of);

  private Samplers() {}

  /** Names of all samplers, sorted. */
  public static List<String> names() {
    return SAMPLERS.names();
  }

  /** All samplers with their settings, by name. */
  public static List<MethodInfo> infos() {
    return SAMPLERS.infos();
  }

  static Sampler parse(String text) {
    return SAMPLERS.parse(text);
  }

  /** A number of frames, 1 to {@link #MOST_FRAMES}. */
  static int frames(Spec spec, String key, int byDefault) {
    return spec.whole(key, byDefault, 1, MOST_FRAMES);
  }
}
