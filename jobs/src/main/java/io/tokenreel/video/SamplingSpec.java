package io.tokenreel.video;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A sampling setting as one string, {@code name[:key=value[,key=value]*]}: {@code
 * uniform:frames=32}, {@code fps:rate=1,max=64}, {@code keyframes:max=32}. Keys left out have their
 * defaults, and {@link #toString} prints them all: the canonical form, which is part of every cache
 * key.
 *
 * @param sampler the checked setting
 */
public record SamplingSpec(Sampler sampler) implements Serializable {

  public SamplingSpec {
    Objects.requireNonNull(sampler, "sampler");
  }

  /**
   * Parses and checks a spec.
   *
   * @throws IllegalArgumentException for another form, or an unknown sampler, key or value; the
   *     message says what is allowed
   */
  public static SamplingSpec parse(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    Map<String, String> values = new LinkedHashMap<>();
    if (colon >= 0) {
      for (String pair : text.substring(colon + 1).split(",", -1)) {
        int equals = pair.indexOf('=');
        if (equals < 1
            || equals == pair.length() - 1
            || values.put(pair.substring(0, equals), pair.substring(equals + 1)) != null) {
          throw new IllegalArgumentException(
              "malformed sampling '"
                  + text
                  + "'; expected name[:key=value[,key=value]*] with each key once, such as uniform:frames=32");
        }
      }
    }
    return new SamplingSpec(Samplers.of(text, name, values));
  }

  @Override
  public String toString() {
    return sampler.toString();
  }
}
