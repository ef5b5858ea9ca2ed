package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.function.Function;

/**
 * {@code topk:score=...,budget=...,retention=R[,seed=S]}: any score with any budget, so that
 * VidCom2's frame compression adjustment composes with every score. {@code
 * score=vidcom2,budget=fca} is what {@link VidCom2} does in its release mode. The seed belongs to
 * {@code score=random}.
 */
final class TopK implements TokenCompressor {

  static final String NAME = "topk";

  private final String spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  private TopK(String spec, Kernels kernels, RankedSelection selection) {
    this.spec = spec;
    this.kernels = kernels;
    this.selection = selection;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    String score = spec.oneOf("score", TokenScore.names());
    String budget = spec.oneOf("budget", FrameBudget.names());
    double retention = spec.positiveShare("retention");
    long seed = spec.integer("seed", 0);
    if (spec.written("seed") != null && !TokenScore.RANDOM.equals(spec.written("score"))) {
      throw new IllegalArgumentException(
          "seed in compression '%s' goes with score=random only; got score=%s"
              .formatted(spec, spec.written("score")));
    }
    RankedSelection selection =
        new RankedSelection(
            TokenScore.named(score, seed),
            FrameBudget.named(budget),
            KeptCounts.HALF_EVEN,
            retention);
    return kernels -> new TopK(spec.canonical(), kernels, selection);
  }

  @Override
  public String spec() {
    return spec;
  }

  @Override
  public Kept select(TokenBlock block) {
    return selectWithBudgets(block).kept();
  }

  @Override
  public BudgetedKept selectWithBudgets(TokenBlock block) {
    return selection.select(kernels, block);
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    return selection.frameBudgets(kernels, block);
  }
}
