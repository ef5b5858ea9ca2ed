package io.tokenreel.compress;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** How much each token deserves to be kept within its frame. */
@FunctionalInterface
interface TokenScore {

  /** The name of the one score that has a seed. */
  String RANDOM = "random";

  /** VidCom2's: least like its video and its frame, lowest v + f. */
  TokenScore VIDCOM2 =
      block -> {
        GaussianSimilarity similarity = block.similarity();
        return combined(similarity.video(), similarity.frame(), -1);
      };

  /** Least like its video, lowest v. */
  TokenScore VIDEO = block -> scaled(block.similarity().video(), -1);

  /** Least like its frame, lowest f. */
  TokenScore FRAME = block -> scaled(block.similarity().frame(), -1);

  /** The paper's: highest u_video + u_frame. */
  TokenScore PAPER =
      block -> {
        CosineUniqueness uniqueness = block.uniqueness();
        return combined(uniqueness.video(), uniqueness.frame(), 1);
      };

  /** Longest, by L2 norm. */
  TokenScore NORM = Analysis::norms;

  /**
   * @return {@code [frames * tokensPerFrame]}; higher is kept first
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  double[] of(Analysis block);

  /** Names that a spec may use, sorted. */
  static List<String> names() {
    return List.copyOf(Names.SCORES.keySet());
  }

  /** The score of one of {@link #names}; {@code seed} is for the random one. */
  static TokenScore named(String name, long seed) {
    return Names.SCORES.get(name).apply(seed);
  }

  /** One line per score. */
  final class Names {

    private static final Map<String, LongFunction<TokenScore>> SCORES = new TreeMap<>();

    static {
      SCORES.put("vidcom2", seed -> VIDCOM2);
      SCORES.put("video", seed -> VIDEO);
      SCORES.put("frame", seed -> FRAME);
      SCORES.put("norm", seed -> NORM);
      SCORES.put(RANDOM, RandomScore::new);
    }

    private Names() {}
  }

  private static double[] scaled(double[] values, double factor) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = factor * values[i];
    }
    return out;
  }

  private static double[] combined(double[] first, double[] second, double factor) {
    double[] out = new double[first.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = factor * (first[i] + second[i]);
    }
    return out;
  }
}
