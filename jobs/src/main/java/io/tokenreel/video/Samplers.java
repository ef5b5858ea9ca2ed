package io.tokenreel.video;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one registry of samplers: a new sampler is its class and one line here. */
public final class Samplers {

  /** The most frames that a sampler may be asked for. */
  public static final int MOST_FRAMES = 4096;

  private static final Map<String, Function<SamplerSettings, Sampler>> SAMPLERS = new TreeMap<>();

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

  static Sampler of(String spec, String name, Map<String, String> values) {
    Function<SamplerSettings, Sampler> sampler = SAMPLERS.get(name);
    if (sampler == null) {
      throw new IllegalArgumentException("unknown sampler '" + name + "'; known: " + names());
    }
    SamplerSettings settings = new SamplerSettings(spec, values);
    Sampler made = sampler.apply(settings);
    settings.rejectUnknownKeys();
    return made;
  }
}
