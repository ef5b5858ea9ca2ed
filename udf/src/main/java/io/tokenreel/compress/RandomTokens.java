package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import java.util.function.Function;

/**
 * {@code random:retention=R[,seed=S]}: as many tokens of every frame, drawn by {@link RandomScore}
 * from the seed and the block's stored bytes; a baseline. Short for {@code
 * topk:score=random,budget=equal}.
 */
final class RandomTokens {

  static final String NAME = "random";

  private RandomTokens() {}

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double retention = spec.positiveShare("retention");
    RankedSelection selection =
        new RankedSelection(
            new RandomScore(spec.integer("seed", 0)),
            FrameBudget.EQUAL,
            KeptCounts.HALF_EVEN,
            retention);
    return kernels -> new RankedCompressor(spec.canonical(), kernels, selection);
  }
}
