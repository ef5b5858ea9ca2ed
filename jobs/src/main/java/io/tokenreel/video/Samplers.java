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
              KeyframeSampler::of)
          .with(
              QwenSampler.NAME,
              "takes rate frames a second, min to max, as loaders of Qwen's models do: qwen-vl-utils,"
                  + " transformers' for Qwen2-VL and Qwen2.5-VL (hf) and for Qwen3-VL (hf3)",
              QwenSampler::of)
          .with(
              LlavaVideoSampler.NAME,
              "takes rate frames a second at whole steps, as LLaVA-Video's load_video does; of more than"
                  + " max, or with force, max evenly",
              LlavaVideoSampler::of);

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

  /** Frames per second, above 0 and at most 1000. */
  static double rate(Spec spec, double byDefault) {
    return spec.number("rate", byDefault, 1e-6, 1000);
  }

  /** A number of frames, 1 to {@link #MOST_FRAMES}. */
  static int frames(Spec spec, String key, int byDefault) {
    return spec.whole(key, byDefault, 1, MOST_FRAMES);
  }
}
