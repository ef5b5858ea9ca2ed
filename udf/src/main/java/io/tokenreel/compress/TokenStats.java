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
 * <p>Between tokens that are equal the cosine is exactly 1; with a zero token it is 0.
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
    return of(block, Kernels.best());
  }

  /** As {@link #of(TokenBlock)}, computing with the given kernels. */
  static List<FrameStats> of(TokenBlock block, Kernels kernels) {
    TokenRows rows = new TokenRows(kernels, block);
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
    double sum = 0;
    for (double cosine : FrameSimilarity.cosines(rows, frame - 1, new int[] {-1, frame - 1})[1]) {
      sum += cosine;
    }
    return sum / rows.tokensPerFrame();
  }
}
