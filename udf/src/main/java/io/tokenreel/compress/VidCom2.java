package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.List;

/**
 * VidCom2 (Video Compression Commander, arXiv 2505.14454; github.com/xuyang-liu16/VidCom2): {@code
 * vidcom2:retention=R}. Frames that are unlike their video keep more tokens, and within a frame the
 * tokens least like their video and their frame stay.
 *
 * <ul>
 *   <li>{@code mode=release} (default), the released code: {@link GaussianSimilarity} over the half
 *       of the channels with the lowest variance; keeps {@code max(1, round-half-to-even(r_t * M))}
 *       tokens of frame t, so the total is not exactly R * N.
 *   <li>{@code mode=paper}, Eqs. 3 to 10: {@link CosineUniqueness} over all channels; keeps {@code
 *       ceil(r_t * M)}.
 *   <li>{@code exact=true}: the total that a server has reserved, see {@link KeptCounts#EXACT}.
 * </ul>
 */
final class VidCom2 implements TokenCompressor {

  static final String NAME = "vidcom2";

  private enum Mode {
    RELEASE,
    PAPER
  }

  private static final Setting<Double> RETENTION = Setting.positiveShare("retention");
  private static final Setting<Mode> MODE = Setting.oneOf("mode", Mode.class);
  private static final Setting<Boolean> EXACT = Setting.flag("exact");

  static final List<Setting<?>> SETTINGS = List.of(RETENTION, MODE, EXACT);

  private final CompressionSpec spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  VidCom2(CompressionSpec spec, Kernels kernels) {
    Settings settings = Settings.of(spec, SETTINGS);
    this.spec = settings.canonical();
    this.kernels = kernels;
    double retention = settings.value(RETENTION);
    boolean exact = settings.value(EXACT);
    this.selection =
        switch (settings.value(MODE)) {
          case RELEASE ->
              new RankedSelection(
                  TokenScore.VIDCOM2,
                  FrameBudget.FCA,
                  exact ? KeptCounts.EXACT : KeptCounts.HALF_EVEN,
                  retention);
          case PAPER ->
              new RankedSelection(
                  TokenScore.PAPER,
                  FrameBudget.PAPER,
                  exact ? KeptCounts.EXACT : KeptCounts.CEILING,
                  retention);
        };
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
