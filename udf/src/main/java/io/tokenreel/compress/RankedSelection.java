package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;

/**
 * What all methods that rank tokens share: a budget says how much of each frame is kept, counts
 * make whole tokens of it, and the tokens of highest score win; among equal scores the lower index.
 *
 * @param retention R, share of all tokens to keep, in (0, 1]
 */
record RankedSelection(TokenScore score, FrameBudget budget, KeptCounts counts, double retention) {

  /** As {@link TokenCompressor#selectWithBudgets}. */
  BudgetedKept select(Kernels kernels, TokenBlock block) {
    TokenRows rows = new TokenRows(kernels, block);
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
    return new BudgetedKept(new Kept(indices), shares);
  }

  /** As {@link TokenCompressor#frameBudgets}. */
  double[] frameBudgets(Kernels kernels, TokenBlock block) {
    return budget.shares(new Analysis(new TokenRows(kernels, block)), retention);
  }
}
