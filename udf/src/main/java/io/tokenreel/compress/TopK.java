package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import java.util.function.Function;

/**
 * {@code topk:score=...,budget=...,retention=R[,seed=S]}: any score with any budget, so that
 * VidCom2's frame compression adjustment composes with every score. {@code
 * score=vidcom2,budget=fca} is what {@link VidCom2} does in its release mode. The seed belongs to
 * {@code score=random}.
 */
final class TopK {

  static final String NAME = "topk";

  private TopK() {}

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    String score = spec.oneOf("score", TokenScore.names());
    String budget = spec.oneOf("budget", FrameBudget.names());
    double retention = spec.positiveShare("retention");
    long seed = spec.integer("seed", 0);
    boolean isScored = spec.written("score") != null; // a missing score is an error of its own
    if (spec.written("seed") != null && isScored && !score.equals(TokenScore.RANDOM)) {
      throw new IllegalArgumentException(
          "seed in compression '%s' goes with score=random only; got score=%s"
              .formatted(spec, score));
    }
    RankedSelection selection =
        new RankedSelection(
            TokenScore.named(score, seed),
            FrameBudget.named(budget),
            KeptCounts.HALF_EVEN,
            retention);
    return kernels -> new RankedCompressor(spec.canonical(), kernels, selection);
  }
}
