package io.tokenreel.compress;

import io.tokenreel.kernel.RowBatch;
import io.tokenreel.kernel.TokenRows;

/**
 * VidCom2's choice of channels: those of lowest population variance over all tokens of the video,
 * {@code floor(D/2)} of them as released; ties go to the lower channel.
 *
 * <p>The released code ({@code token_compressor/vidcom2}) does this; the paper does not mention it.
 */
final class LowVarianceChannels {

  private LowVarianceChannels() {}

  /**
   * Reads every token once and checks it.
   *
   * @param count how many are chosen, 0 to D
   * @return {@code [width]}: 1 for a chosen channel, 0 for another one and for the padding
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  static double[] weights(TokenRows rows, int count) {
    double[] variances = variances(rows);
    for (int i = 0; i < variances.length; i++) {
      variances[i] = -variances[i];
    }
    double[] weights = new double[rows.width()];
    for (int channel : TopValues.indices(variances, 0, rows.dim(), count)) {
      weights[channel] = 1;
    }
    return weights;
  }

  /**
   * Population variances {@code [dim]}. Moments are taken about the first token, so that channels
   * with a large mean lose no digits and constant channels have variance 0 exactly.
   */
  private static double[] variances(TokenRows rows) {
    RowBatch batch = rows.newBatch();
    rows.read(0, 0, batch);
    double[] origin = new double[rows.width()];
    for (int i = 0; i < origin.length; i++) {
      origin[i] = batch.value(0, i);
    }
    double[] sum = new double[rows.width()];
    double[] squares = new double[rows.width()];
    for (int t = 0; t < rows.frames(); t++) {
      for (int m = 0; m < rows.tokensPerFrame(); m += RowBatch.ROWS) {
        rows.read(t, m, batch);
        rows.kernels().addMoments(batch, origin, sum, squares);
      }
    }
    for (double total : sum) {
      if (!Double.isFinite(total)) {
        // Finite floats cannot overflow a sum of float64, so some token is not finite.
        rows.requireFinite();
      }
    }
    rows.requireFiniteBesideSums();
    double tokens = (double) rows.frames() * rows.tokensPerFrame();
    double[] variances = new double[rows.dim()];
    for (int i = 0; i < variances.length; i++) {
      double mean = sum[i] / tokens;
      variances[i] = squares[i] / tokens - mean * mean;
    }
    return variances;
  }
}
