package io.tokenreel.compress;

import io.tokenreel.token.SpecText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A compression setting as one string, {@code name[:key=value[,key=value]*]}, for example {@code
 * vidcom2:retention=0.25}.
 *
 * <p>The canonical spec of a setting is that of {@link TokenCompressor#spec()}: keys in the order
 * in which the method declares them, numbers in their shortest decimal form, and no setting that is
 * at its default; a required one is always there. Two texts that mean the same have the same
 * canonical spec, and it is part of every cache key.
 *
 * @param name the method, a key of {@link Compressors}
 * @param settings key to value as written, in the order written
 */
public record CompressionSpec(String name, Map<String, String> settings) {

  public CompressionSpec {
    Objects.requireNonNull(name, "name");
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /**
   * Parses the form above. Whether the method and its keys exist is for {@link Compressors} to say.
   *
   * @throws IllegalArgumentException for text of another form
   */
  public static CompressionSpec parse(String text) {
    SpecText spec = SpecText.parse("compression", text, "vidcom2:retention=0.25");
    return new CompressionSpec(spec.name(), spec.values());
  }

  @Override
  public String toString() {
    return settings.isEmpty()
        ? name
        : settings.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(",", name + ":", ""));
  }
}
