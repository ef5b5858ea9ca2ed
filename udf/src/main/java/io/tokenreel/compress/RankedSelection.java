package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Selection;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;

/**
 * What all methods that rank tokens share: a budget says how much of each frame is kept, counts
 * make whole tokens of it, and the tokens of highest score win; among equal scores the lower index.
 *
 * @param grid which tokens are ranked
 * @param retention R, share of all ranked tokens to keep, in (0, 1]
 */
record RankedSelection(
    Grid grid, TokenScore score, FrameBudget budget, KeptCounts counts, double retention) {

  /** As {@link TokenCompressor#selectWithBudgets}; the shares are of the ranked tokens. */
  BudgetedSelection select(Kernels kernels, TokenBlock block) {
    TokenRows rows = grid.rows(kernels, block);
    Analysis analysis = new Analysis(rows);
    double[] scores = score.of(analysis);
    double[] shares = budget.shares(analysis, retention);
    int perFrame = rows.tokensPerFrame();
    int[] kept = counts.of(shares, perFrame, retention);
    int[] indices = new int[Arrays.stream(kept).sum()];
    int size = 0;
    for (int t = 0; t < kept.length; t++) {
      for (int m : TopValues.indices(scores, t * perFrame, perFrame, kept[t])) {
        indices[size++] = rows.flat(t, m);
      }
    }
    return new BudgetedSelection(grid.complete(new Selection(indices), block.shape()), shares);
  }

  /** As {@link TokenCompressor#frameBudgets}; the shares are of the ranked tokens. */
  double[] frameBudgets(Kernels kernels, TokenBlock block) {
    return budget.shares(new Analysis(grid.rows(kernels, block)), retention);
  }
}
