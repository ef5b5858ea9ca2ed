package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.UnknownWord;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** The one registry of compression methods: a new method is its class and one line here. */
public final class Compressors {

  /** The spec that is used where none is given. */
  public static final String DEFAULT = "vidcom2:retention=0.25";

  /** What a spec's name stands for. */
  private record Method(
      String meaning,
      List<Setting<?>> settings,
      BiFunction<CompressionSpec, Kernels, TokenCompressor> maker) {}

  private static final Map<String, Method> METHODS = new TreeMap<>();

  static {
    put(KeepAll.NAME, "keeps every token", KeepAll.SETTINGS, KeepAll::new);
    put(
        Uniform.NAME,
        "keeps every round(1/retention)-th place of each frame",
        Uniform.SETTINGS,
        Uniform::new);
    put(
        RandomTokens.NAME,
        "keeps random tokens, drawn from the seed and the block's stored bytes",
        RandomTokens.SETTINGS,
        RandomTokens::new);
    put(WholeFrames.NAME, "keeps whole frames", WholeFrames.SETTINGS, WholeFrames::new);
    put(
        TopK.NAME,
        "keeps the tokens with the highest score, of any score with any budget of the frames; the seed goes with score=random",
        TopK.SETTINGS,
        TopK::new);
    put(
        VidCom2.NAME,
        "VidCom2 (arXiv 2505.14454) keeps the tokens least like their video and frame, more of them in distinctive frames",
        VidCom2.SETTINGS,
        VidCom2::new);
    put(
        DyCoke.NAME,
        "DyCoke's temporal merging (arXiv 2411.15024) keeps of every four frames one whole, of the others what differs",
        DyCoke.SETTINGS,
        DyCoke::new);
  }

  private Compressors() {}

  private static void put(
      String name,
      String meaning,
      List<Setting<?>> settings,
      BiFunction<CompressionSpec, Kernels, TokenCompressor> maker) {
    METHODS.put(name, new Method(meaning, settings, maker));
  }

  /** All methods with their settings, by name. */
  public static List<MethodInfo> infos() {
    return METHODS.entrySet().stream()
        .map(
            method ->
                new MethodInfo(
                    method.getKey(),
                    method.getValue().meaning(),
                    method.getValue().settings().stream().map(Setting::info).toList()))
        .toList();
  }

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
    Method method = METHODS.get(parsed.name());
    if (method == null) {
      throw new IllegalArgumentException(
          UnknownWord.message("compression method", parsed.name(), names()));
    }
    return method.maker().apply(parsed, kernels);
  }
}
