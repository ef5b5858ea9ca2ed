package io.tokenreel.compress;

import io.tokenreel.kernel.TokenRows;

/**
 * VidCom2's choice of channels: the {@code floor(D/2)} channels of lowest population variance over
 * all tokens of the video; ties go to the lower channel.
 *
 * <p>The released code ({@code token_compressor/vidcom2}) does this; the paper does not mention it.
 */
final class LowVarianceChannels {

  private LowVarianceChannels() {}

  /**
   * Reads every token once and checks it.
   *
   * @return {@code [width]}: 1 for a chosen channel, 0 for another one and for the padding
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  static double[] weights(TokenRows rows) {
    double[] variances = variances(rows);
    for (int i = 0; i < variances.length; i++) {
      variances[i] = -variances[i];
    }
    double[] weights = new double[rows.width()];
    for (int channel : TopValues.indices(variances, 0, rows.dim(), rows.dim() / 2)) {
      weights[channel] = 1;
    }
    return weights;
  }

  /**
   * Population variances {@code [dim]}. Moments are taken about the first token, so that channels
   * with a large mean lose no digits and constant channels have variance 0 exactly.
   */
  private static double[] variances(TokenRows rows) {
    int width = rows.width();
    int perFrame = rows.tokensPerFrame();
    float[] tile = rows.newTile();
    float[] origin = new float[width];
    rows.read(0, 0, 1, origin);
    double[] sum = new double[width];
    double[] squares = new double[width];
    for (int t = 0; t < rows.frames(); t++) {
      for (int m = 0; m < perFrame; m += TokenRows.TILE) {
        int count = Math.min(TokenRows.TILE, perFrame - m);
        rows.requireFinite(t, m, count);
        rows.read(t, m, count, tile);
        rows.kernels().addMoments(tile, count, width, origin, sum, squares);
      }
    }
    double tokens = (double) rows.frames() * perFrame;
    double[] variances = new double[rows.dim()];
    for (int i = 0; i < variances.length; i++) {
      double mean = sum[i] / tokens;
      variances[i] = squares[i] / tokens - mean * mean;
    }
    return variances;
  }
}
