package io.tokenreel.compress;

import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Selection;
import java.util.Arrays;

/**
 * What all methods that rank tokens share: a budget says how much of each frame is kept, counts
 * make whole tokens of it, and the tokens of highest score win; among equal scores the lower index.
 *
 * @param retention R, share of all tokens to keep, in (0, 1]
 */
record RankedSelection(TokenScore score, FrameBudget budget, KeptCounts counts, double retention) {

  /** Ascending indices of the kept tokens, and the budget per frame, of one analysis. */
  BudgetedSelection select(TokenRows rows) {
    Analysis block = new Analysis(rows);
    double[] scores = score.of(block);
    double[] shares = budget.shares(block, retention);
    int perFrame = rows.tokensPerFrame();
    int[] kept = counts.of(shares, perFrame, retention);
    int[] indices = new int[Arrays.stream(kept).sum()];
    int size = 0;
    for (int t = 0; t < kept.length; t++) {
      for (int m : TopValues.indices(scores, t * perFrame, perFrame, kept[t])) {
        indices[size++] = rows.flat(t, m);
      }
    }
    return new BudgetedSelection(new Selection(indices), shares);
  }

  /** The budget per frame alone. */
  double[] shares(TokenRows rows) {
    Analysis block = new Analysis(rows);
    double[] shares = budget.shares(block, retention);
    if (budget == FrameBudget.EQUAL) {
      rows.requireFinite();
    }
    return shares;
  }
}
