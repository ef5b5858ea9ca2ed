package io.tokenreel.compress;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The one registry of compression methods: a new method is its class and one line here. */
public final class Compressors {

  private static final Map<String, Function<CompressionSpec, TokenCompressor>> METHODS =
      new TreeMap<>();

  static {
    METHODS.put(KeepAll.NAME, KeepAll::new);
  }

  private Compressors() {}

  /** Names of all methods, sorted. */
  public static List<String> names() {
    return List.copyOf(METHODS.keySet());
  }

  /**
   * The compressor of a spec string, with every setting checked.
   *
   * @throws IllegalArgumentException for an unknown method, key or value; the message lists what is
   *     allowed
   */
  public static TokenCompressor of(String spec) {
    CompressionSpec parsed = CompressionSpec.parse(spec);
    Function<CompressionSpec, TokenCompressor> method = METHODS.get(parsed.name());
    if (method == null) {
      throw new IllegalArgumentException(
          "unknown compression method '" + parsed.name() + "'; known: " + names());
    }
    return method.apply(parsed);
  }
}
