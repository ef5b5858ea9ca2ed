package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.token.Selection;
import io.tokenreel.token.TokenBlock;
import java.util.List;

/**
 * {@code random:retention=R[,seed=S][,grid=newline]}: as many tokens of every frame, drawn by
 * {@link RandomScore} from the seed and the block's stored bytes; a baseline. Short for {@code
 * topk:score=random,budget=equal}.
 */
final class RandomTokens implements TokenCompressor {

  static final String NAME = "random";

  private static final Setting<Double> RETENTION = Setting.positiveShare("retention");
  private static final Setting<Long> SEED = Setting.integer("seed", 0);

  static final List<Setting<?>> SETTINGS = List.of(RETENTION, SEED, Grid.SETTING);

  private final CompressionSpec spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  RandomTokens(CompressionSpec spec, Kernels kernels) {
    Settings settings = Settings.of(spec, SETTINGS);
    this.spec = settings.canonical();
    this.kernels = kernels;
    this.selection =
        new RankedSelection(
            settings.value(Grid.SETTING),
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
    return selection.select(kernels, block);
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    return selection.frameBudgets(kernels, block);
  }
}
