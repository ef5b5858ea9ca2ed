package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Selection;
import io.tokenreel.token.TokenBlock;

/**
 * {@code random:retention=R,seed=S}: as many tokens of every frame, drawn by {@link RandomScore}; a
 * baseline. Short for {@code topk:score=random,budget=equal}.
 */
final class RandomTokens implements TokenCompressor {

  static final String NAME = "random";

  private static final Setting<Double> RETENTION = Setting.positiveShare("retention");
  private static final Setting<Long> SEED = Setting.integer("seed", 0);

  private final CompressionSpec spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  RandomTokens(CompressionSpec spec, Kernels kernels) {
    Settings settings = Settings.of(spec, RETENTION, SEED);
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
  public Selection select(TokenBlock block) {
    return selectWithBudgets(block).selection();
  }

  @Override
  public BudgetedSelection selectWithBudgets(TokenBlock block) {
    return selection.select(TokenRows.all(kernels, block));
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    return selection.shares(TokenRows.all(kernels, block));
  }
}
