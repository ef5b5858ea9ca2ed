package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.List;

/**
 * {@code random:retention=R[,seed=S]}: as many tokens of every frame, drawn by {@link RandomScore}
 * from the seed and the block's stored bytes; a baseline. Short for {@code
 * topk:score=random,budget=equal}.
 */
final class RandomTokens implements TokenCompressor {

  static final String NAME = "random";

  private static final Setting<Double> RETENTION = Setting.positiveShare("retention");
  private static final Setting<Long> SEED = Setting.integer("seed", 0);

  static final List<Setting<?>> SETTINGS = List.of(RETENTION, SEED);

  private final CompressionSpec spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  RandomTokens(CompressionSpec spec, Kernels kernels) {
    Settings settings = Settings.of(spec, SETTINGS);
    this.spec = settings.canonical();
    this.kernels = kernels;
    this.selection =
        new RankedSelection(
            new RandomScore(settings.value(SEED)),
            FrameBudget.EQUAL,
            KeptCounts.HALF_EVEN,
            settings.value(RETENTION));
  }

  @Override
  public CompressionSpec spec() {
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
