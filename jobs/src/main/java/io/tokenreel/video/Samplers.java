package io.tokenreel.video;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.UnknownWord;
import io.tokenreel.token.SpecText;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one registry of samplers: a new sampler is its class and one line here. */
public final class Samplers {

  /** The most frames that a sampler may be asked for. */
  public static final int MOST_FRAMES = 4096;

  /** What a spec's name stands for. */
  private record Method(String meaning, Function<SpecText, Sampler> maker) {}

  private static final Map<String, Method> SAMPLERS =
      new TreeMap<>(
          Map.of(
              UniformSampler.NAME,
              new Method(
                  "takes frames evenly spaced from the first to the last, by numpy.linspace's rule",
                  UniformSampler::of),
              FpsSampler.NAME,
              new Method(
                  "takes the frames that are on screen rate times a second; of more than max, max evenly",
                  FpsSampler::of),
              KeyframeSampler.NAME,
              new Method(
                  "takes the frames that need no other; of more than max, max evenly",
                  KeyframeSampler::of)));

  private Samplers() {}

  /** Names of all samplers, sorted. */
  public static List<String> names() {
    return List.copyOf(SAMPLERS.keySet());
  }

  /** All samplers with their settings, by name. */
  public static List<MethodInfo> infos() {
    return SAMPLERS.entrySet().stream()
        .map(
            sampler ->
                SpecText.info(
                    sampler.getKey(), sampler.getValue().meaning(), sampler.getValue().maker()))
        .toList();
  }

  static Sampler of(SpecText spec) {
    Method sampler = SAMPLERS.get(spec.name());
    if (sampler == null) {
      throw new IllegalArgumentException(UnknownWord.message("sampler", spec.name(), names()));
    }
    Sampler made = sampler.maker().apply(spec);
    spec.rejectUnknownKeys();
    return made;
  }

  /** A number of frames, 1 to {@link #MOST_FRAMES}. */
  static int frames(SpecText spec, String key, int byDefault) {
    return spec.whole(key, byDefault, 1, MOST_FRAMES);
  }
}
