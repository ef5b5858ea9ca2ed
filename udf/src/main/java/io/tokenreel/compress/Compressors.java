package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.Services;
import io.tokenreel.spec.Spec;
import io.tokenreel.spec.SpecRegistry;
import java.util.List;
import java.util.function.Function;

/**
 * The one registry of compression methods: a new method is its class and one line here. Methods of
 * other jars are found by {@link Services}.
 */
public final class Compressors {

  /** The spec that is used where none is given. */
  public static final String DEFAULT = "vidcom2:retention=0.25";

  /** A key of versions before 0.2, when newline tokens were in the block. */
  private static final String GRID = "grid";

  private static final SpecRegistry<Function<Kernels, TokenCompressor>> METHODS = own();

  private Compressors() {}

  private static SpecRegistry<Function<Kernels, TokenCompressor>> own() {
    return new SpecRegistry<Function<Kernels, TokenCompressor>>(
            "compression", "compression method", DEFAULT)
        .with(KeepAll.NAME, "keeps every token", KeepAll::of)
        .with(Uniform.NAME, "keeps every round(1/retention)-th place of each frame", Uniform::of)
        .with(
            RandomTokens.NAME,
            "keeps random tokens, drawn from the seed and the block's stored bytes",
            RandomTokens::of)
        .with(WholeFrames.NAME, "keeps whole frames", WholeFrames::of)
        .with(
            TopK.NAME,
            "keeps the tokens with the highest score, of any score with any budget of the frames; the seed goes with score=random",
            TopK::of)
        .with(
            VidCom2.NAME,
            "VidCom2 (arXiv 2505.14454) keeps the tokens least like their video and frame, more of them in distinctive frames",
            VidCom2::of)
        .with(
            DyCoke.NAME,
            "DyCoke's temporal merging (arXiv 2411.15024) keeps of every four frames one whole, of the others what differs",
            DyCoke::of)
        .with(
            Evs.NAME,
            "Efficient Video Sampling (arXiv 2510.14624), as vLLM prunes, keeps the first frame whole, of the others what differs most from the frame before",
            Evs::of);
  }

  /** The methods of this project and of other jars. */
  private static SpecRegistry<Function<Kernels, TokenCompressor>> all() {
    SpecRegistry<Function<Kernels, TokenCompressor>> all = own();
    for (CompressionMethod method : Services.of(CompressionMethod.class)) {
      if (all.names().contains(method.name())) {
        throw new IllegalArgumentException(
            "compression method '%s' of %s must have a name of its own; taken are %s"
                .formatted(method.name(), method.getClass().getName(), all.names()));
      }
      all.with(method.name(), method.meaning(), method::of);
    }
    return all;
  }

  /** All methods with their settings and the signals that they need, by name. */
  public static List<MethodInfo> infos() {
    return all().infos(method -> method.apply(Kernels.best()).needs());
  }

  /** Names of all methods, sorted. */
  public static List<String> names() {
    return all().names();
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
    Spec parsed = Spec.parse("compression", spec, DEFAULT);
    String grid = parsed.written(GRID);
    if (!METHODS.names().contains(parsed.name())) {
      return all().make(parsed).apply(kernels);
    }
    if (grid == null) {
      return METHODS.make(parsed).apply(kernels);
    }
    if (!grid.equals("plain")) { // which was its default
      throw new IllegalArgumentException(
          "compression '%s' has grid=%s, which is gone: the model now decides where its newline rows stand, and weaves them in after any method; leave it out"
              .formatted(spec, grid));
    }
    return METHODS.make(parsed.without(GRID)).apply(kernels);
  }
}
