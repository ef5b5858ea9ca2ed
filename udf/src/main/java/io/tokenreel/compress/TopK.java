package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.List;

/**
 * {@code topk:score=...,budget=...,retention=R[,seed=S]}: any score with any budget, so that
 * VidCom2's frame compression adjustment composes with every score. {@code
 * score=vidcom2,budget=fca} is what {@link VidCom2} does in its release mode. The seed belongs to
 * {@code score=random}.
 */
final class TopK implements TokenCompressor {

  static final String NAME = "topk";

  private static final Setting<String> SCORE = Setting.requiredOneOf("score", TokenScore.names());
  private static final Setting<String> BUDGET =
      Setting.requiredOneOf("budget", FrameBudget.names());
  private static final Setting<Double> RETENTION = Setting.positiveShare("retention");
  private static final Setting<Long> SEED = Setting.integer("seed", 0);

  static final List<Setting<?>> SETTINGS = List.of(SCORE, BUDGET, RETENTION, SEED);

  private final CompressionSpec spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  TopK(CompressionSpec spec, Kernels kernels) {
    Settings settings = Settings.of(spec, SETTINGS);
    String score = settings.value(SCORE);
    if (spec.settings().containsKey(SEED.key()) && !score.equals(TokenScore.RANDOM)) {
      throw new IllegalArgumentException(
          "seed in compression '%s' goes with score=random only; got score=%s"
              .formatted(spec, score));
    }
    this.spec = settings.canonical();
    this.kernels = kernels;
    this.selection =
        new RankedSelection(
            TokenScore.named(score, settings.value(SEED)),
            FrameBudget.named(settings.value(BUDGET)),
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
