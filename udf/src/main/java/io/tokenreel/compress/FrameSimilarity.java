package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.RowBatch;
import io.tokenreel.kernel.TokenRows;

/**
 * Cosines between the tokens of frames at the same place of the grid. Equal tokens have cosine 1
 * exactly, and the cosine with a token of zeros is 0, as PyTorch has it (its guard against division
 * by less than 1e-8 is not copied: float64 needs none).
 */
final class FrameSimilarity {

  private FrameSimilarity() {}

  /**
   * Compares the frames of a window with each other; reads each frame once.
   *
   * @param start the window's first frame
   * @param others [frames of the window], which frame of the video to compare each one with, inside
   *     the window; a negative number for none
   * @return [frames of the window][tokensPerFrame], null where there is no frame to compare with
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  static double[][] cosines(TokenRows rows, int start, int[] others) {
    double[][] cosines = new double[others.length][];
    RowBatch[] batches = new RowBatch[others.length];
    for (int i = 0; i < others.length; i++) {
      cosines[i] = others[i] < 0 ? null : new double[rows.tokensPerFrame()];
      batches[i] = rows.newBatch();
    }
    double[][] squares = new double[others.length][RowBatch.ROWS];
    double[] dots = new double[RowBatch.ROWS];
    Kernels kernels = rows.kernels();
    for (int m = 0; m < rows.tokensPerFrame(); m += RowBatch.ROWS) {
      for (int i = 0; i < others.length; i++) {
        rows.readChecked(start + i, m, batches[i]);
        kernels.pairDots(batches[i], batches[i], squares[i]);
      }
      for (int i = 0; i < others.length; i++) {
        if (cosines[i] != null) {
          int other = others[i] - start;
          kernels.pairDots(batches[i], batches[other], dots);
          for (int r = 0; r < batches[i].count(); r++) {
            cosines[i][m + r] = cosine(dots[r], squares[i][r], squares[other][r]);
          }
        }
      }
    }
    return cosines;
  }

  /** For equal tokens all three are the same number s, and sqrt(s * s) is s. */
  private static double cosine(double dot, double squares, double otherSquares) {
    return dot == 0 ? 0 : dot / Math.sqrt(squares * otherSquares);
  }
}
