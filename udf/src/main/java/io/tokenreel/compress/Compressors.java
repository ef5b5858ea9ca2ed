package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The one registry of compression methods: a new method is its class and one line here. */
public final class Compressors {

  /** The spec that is used where none is given. */
  public static final String DEFAULT = "vidcom2:retention=0.25";

  private static final Map<String, BiFunction<CompressionSpec, Kernels, TokenCompressor>> METHODS =
      new TreeMap<>();

  static {
    METHODS.put(KeepAll.NAME, KeepAll::new);
    METHODS.put(Uniform.NAME, Uniform::new);
    METHODS.put(RandomTokens.NAME, RandomTokens::new);
    METHODS.put(WholeFrames.NAME, WholeFrames::new);
    METHODS.put(TopK.NAME, TopK::new);
    METHODS.put(VidCom2.NAME, VidCom2::new);
    METHODS.put(DyCoke.NAME, DyCoke::new);
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
    return of(spec, Kernels.best());
  }

  /** As {@link #of(String)}, computing with the given kernels. */
  public static TokenCompressor of(String spec, Kernels kernels) {
    CompressionSpec parsed =
        CompressionSpec.parse(Objects.requireNonNull(spec, "compression spec"));
    BiFunction<CompressionSpec, Kernels, TokenCompressor> method = METHODS.get(parsed.name());
    if (method == null) {
      throw new IllegalArgumentException(
          "unknown compression method '" + parsed.name() + "'; known: " + names());
    }
    return method.apply(parsed, kernels);
  }
}
