package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.TokenBlock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Per-frame statistics of a video's tokens: the frame uniqueness u_t of VidCom2 as its paper
 * defines it (see {@link CosineUniqueness}), and how much a frame repeats the one before.
 *
 * <p>Between tokens that are equal the cosine is exactly 1, also when both are zero; between a zero
 * and another it is 0.
 */
public final class TokenStats {

  private TokenStats() {}

  /**
   * The statistics of each frame.
   *
   * @return {@code [frames]}
   * @throws IllegalArgumentException when the block holds a NaN or an infinity; the message names
   *     the token
   */
  public static List<FrameStats> of(TokenBlock block) {
    TokenRows rows = TokenRows.all(Kernels.best(), block);
    int perFrame = rows.tokensPerFrame();
    double[] uniqueness = CosineUniqueness.of(rows).video();
    List<FrameStats> stats = new ArrayList<>();
    for (int t = 0; t < rows.frames(); t++) {
      double sum = Arrays.stream(uniqueness, t * perFrame, (t + 1) * perFrame).sum();
      stats.add(
          new FrameStats(
              sum / perFrame,
              t == 0 ? OptionalDouble.empty() : OptionalDouble.of(similarityToPrevious(rows, t))));
    }
    return List.copyOf(stats);
  }

  private static double similarityToPrevious(TokenRows rows, int frame) {
    float[] tile = rows.newTile();
    float[] previous = rows.newTile();
    double[] dots = new double[TokenRows.TILE];
    double[] squares = new double[TokenRows.TILE];
    double[] previousSquares = new double[TokenRows.TILE];
    double sum = 0;
    for (int m = 0; m < rows.tokensPerFrame(); m += TokenRows.TILE) {
      int count = Math.min(TokenRows.TILE, rows.tokensPerFrame() - m);
      rows.read(frame, m, count, tile);
      rows.read(frame - 1, m, count, previous);
      rows.kernels().pairDots(tile, previous, count, rows.width(), dots);
      rows.kernels().pairDots(tile, tile, count, rows.width(), squares);
      rows.kernels().pairDots(previous, previous, count, rows.width(), previousSquares);
      for (int r = 0; r < count; r++) {
        sum += cosine(dots[r], squares[r], previousSquares[r]);
      }
    }
    return sum / rows.tokensPerFrame();
  }

  /** The root of a square is exact, so that equal tokens have a cosine of exactly 1. */
  private static double cosine(double dot, double square, double otherSquare) {
    if (square == 0 || otherSquare == 0) {
      return square == otherSquare ? 1 : 0;
    }
    return dot / Math.sqrt(square * otherSquare);
  }
}
