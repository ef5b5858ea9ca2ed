package io.tokenreel.compress;

import io.tokenreel.kernel.Kernels;
import io.tokenreel.kernel.TokenRows;
import io.tokenreel.token.TokenBlock;

/**
 * How much the frames of a video differ.
 *
 * @param uniqueness [frames], VidCom2's: minus the mean similarity of the frame's tokens to their
 *     video, in [-5, 0); higher is more unlike, see {@link FrameCompressionAdjustment}
 * @param previousSimilarity [frames], mean cosine of a frame's tokens with those at the same places
 *     of the frame before, in [-1, 1]; NaN for the first frame
 */
public record FrameStatistics(double[] uniqueness, double[] previousSimilarity) {

  /**
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  public static FrameStatistics of(TokenBlock block) {
    TokenRows rows = TokenRows.all(Kernels.best(), block);
    double[] uniqueness =
        FrameCompressionAdjustment.frameUniqueness(
            GaussianSimilarity.of(rows).video(), rows.frames(), -1);
    double[] similarity = new double[rows.frames()];
    similarity[0] = Double.NaN;
    for (int t = 1; t < similarity.length; t++) {
      double sum = 0;
      for (double cosine : FrameSimilarity.cosines(rows, t - 1, new int[] {-1, t - 1})[1]) {
        sum += cosine;
      }
      similarity[t] = sum / rows.tokensPerFrame();
    }
    return new FrameStatistics(uniqueness, similarity);
  }
}
