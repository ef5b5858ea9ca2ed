package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.function.Function;

/**
 * {@code random:retention=R[,seed=S]}: as many tokens of every frame, drawn by {@link RandomScore}
 * from the seed and the block's stored bytes; a baseline. Short for {@code
 * topk:score=random,budget=equal}.
 */
final class RandomTokens implements TokenCompressor {

  static final String NAME = "random";

  private final String spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  private RandomTokens(String spec, Kernels kernels, RankedSelection selection) {
    this.spec = spec;
    this.kernels = kernels;
    this.selection = selection;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double retention = spec.positiveShare("retention");
    RankedSelection selection =
        new RankedSelection(
            new RandomScore(spec.integer("seed", 0)),
            FrameBudget.EQUAL,
            KeptCounts.HALF_EVEN,
            retention);
    return kernels -> new RandomTokens(spec.canonical(), kernels, selection);
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
