package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.spec.Spec;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.function.Function;

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

  private final String spec;
  private final Kernels kernels;
  private final RankedSelection selection;

  private VidCom2(String spec, Kernels kernels, RankedSelection selection) {
    this.spec = spec;
    this.kernels = kernels;
    this.selection = selection;
  }

  static Function<Kernels, TokenCompressor> of(Spec spec) {
    double retention = spec.positiveShare("retention");
    Mode mode = spec.word("mode", Mode.RELEASE);
    boolean exact = spec.flag("exact");
    RankedSelection selection =
        switch (mode) {
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
    return kernels -> new VidCom2(spec.canonical(), kernels, selection);
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
