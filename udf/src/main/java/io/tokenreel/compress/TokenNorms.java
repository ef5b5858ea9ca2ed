package io.tokenreel.compress;

import io.tokenreel.kernel.RowBatch;
import io.tokenreel.kernel.TokenRows;

/** Lengths of tokens, by L2 norm. */
final class TokenNorms {

  private TokenNorms() {}

  /**
   * Reads every token once.
   *
   * @return {@code [frames * tokensPerFrame]}
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  static double[] of(TokenRows rows) {
    int perFrame = rows.tokensPerFrame();
    double[] norms = new double[rows.frames() * perFrame];
    RowBatch batch = rows.newBatch();
    for (int t = 0; t < rows.frames(); t++) {
      for (int m = 0; m < perFrame; m += RowBatch.ROWS) {
        rows.readChecked(t, m, batch);
        put(rows, batch, norms, t * perFrame + m);
      }
    }
    return norms;
  }

  /** Puts the norms of a batch's rows into {@code norms[first]} and after. */
  static void put(TokenRows rows, RowBatch batch, double[] norms, int first) {
    double[] squares = new double[RowBatch.ROWS];
    rows.kernels().pairDots(batch, batch, squares);
    for (int r = 0; r < batch.count(); r++) {
      norms[first + r] = Math.sqrt(squares[r]);
    }
  }
}
