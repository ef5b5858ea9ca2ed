package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Selection;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;

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
 *   <li>{@code grid=newline}, LLaVA-Video's layout: every row of a frame ends in a newline token.
 *       Those are not scored or counted and all stay, after the frame's kept tokens.
 * </ul>
 */
final class VidCom2 implements TokenCompressor {

  static final String NAME = "vidcom2";

  private enum Mode {
    RELEASE,
    PAPER
  }

  private enum Grid {
    PLAIN,
    NEWLINE
  }

  private static final Setting<Double> RETENTION = Setting.positiveShare("retention");
  private static final Setting<Mode> MODE = Setting.oneOf("mode", Mode.class);
  private static final Setting<Boolean> EXACT = Setting.flag("exact");
  private static final Setting<Grid> GRID = Setting.oneOf("grid", Grid.class);

  private final CompressionSpec spec;
  private final Kernels kernels;
  private final Grid grid;
  private final RankedSelection selection;

  VidCom2(CompressionSpec spec, Kernels kernels) {
    Settings settings = Settings.of(spec, RETENTION, MODE, EXACT, GRID);
    this.spec = settings.canonical();
    this.kernels = kernels;
    this.grid = settings.value(GRID);
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
  public Selection select(TokenBlock block) {
    return selectWithBudgets(block).selection();
  }

  @Override
  public BudgetedSelection selectWithBudgets(TokenBlock block) {
    BudgetedSelection kept = selection.select(rows(block));
    return grid == Grid.PLAIN
        ? kept
        : new BudgetedSelection(withNewlines(kept.selection(), block), kept.frameBudgets());
  }

  @Override
  public double[] frameBudgets(TokenBlock block) {
    return selection.shares(rows(block));
  }

  private TokenRows rows(TokenBlock block) {
    return grid == Grid.PLAIN
        ? TokenRows.all(kernels, block)
        : TokenRows.withoutNewlines(kernels, block);
  }

  /** Puts after each frame's kept tokens all newline tokens of that frame. */
  private static Selection withNewlines(Selection kept, TokenBlock block) {
    int perFrame = block.shape().tokensPerFrame();
    int height = block.shape().gridHeight();
    int columns = block.shape().gridWidth() + 1;
    int[] indices = Arrays.copyOf(kept.indices(), kept.size() + block.shape().frames() * height);
    int from = 0;
    int to = 0;
    for (int t = 0; t < block.shape().frames(); t++) {
      while (from < kept.size() && kept.indices()[from] / perFrame == t) {
        indices[to++] = kept.indices()[from++];
      }
      for (int row = 1; row <= height; row++) {
        indices[to++] = t * perFrame + row * columns - 1;
      }
    }
    return new Selection(indices);
  }
}
