package io.tokenreel.video;

import io.tokenreel.token.SpecText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one registry of samplers: a new sampler is its class and one line here. */
public final class Samplers {

  /** The most frames that a sampler may be asked for. */
  public static final int MOST_FRAMES = 4096;

  private static final Map<String, Function<SpecText, Sampler>> SAMPLERS = new TreeMap<>();

  static {
    SAMPLERS.put(UniformSampler.NAME, UniformSampler::of);
    SAMPLERS.put(FpsSampler.NAME, FpsSampler::of);
    SAMPLERS.put(KeyframeSampler.NAME, KeyframeSampler::of);
  }

  private Samplers() {}

  /** Names of all samplers, sorted. */
  public static List<String> names() {
    return List.copyOf(SAMPLERS.keySet());
  }

  static Sampler of(SpecText spec) {
    Function<SpecText, Sampler> sampler = SAMPLERS.get(spec.name());
    if (sampler == null) {
      throw new IllegalArgumentException(
          "unknown sampler '" + spec.name() + "'; known: " + names());
    }
    Sampler made = sampler.apply(spec);
    spec.rejectUnknownKeys();
    return made;
  }

  /** A number of frames, 1 to {@link #MOST_FRAMES}. */
  static int frames(SpecText spec, String key, int byDefault) {
    return spec.whole(key, byDefault, 1, MOST_FRAMES);
  }
}
