package io.tokenreel.compress;

import io.tokenreel.kernel.TokenRows;
import java.util.Arrays;

/**
 * How little each token is like its video and like its frame, as VidCom2's paper measures it (arXiv
 * 2505.14454, Eqs. 3 to 6): {@code u = -cos(x, g)} with g the mean of all tokens of the video, or
 * of the frame, over all channels. The cosine with a vector of zeros is 0.
 *
 * @param video [frames * tokensPerFrame], in [-1, 1]
 * @param frame [frames * tokensPerFrame], in [-1, 1]
 */
record CosineUniqueness(double[] video, double[] frame) {

  /**
   * Reads every token twice.
   *
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  static CosineUniqueness of(TokenRows rows) {
    int frames = rows.frames();
    int perFrame = rows.tokensPerFrame();
    double[] norms = new double[frames * perFrame];
    double[][] frameMeans = frameMeans(rows, norms);
    double[] videoMean = new double[rows.width()];
    for (double[] frameMean : frameMeans) {
      for (int i = 0; i < videoMean.length; i++) {
        videoMean[i] += frameMean[i] / frames;
      }
    }
    double[] video = new double[norms.length];
    double[] frame = new double[norms.length];
    float[] tile = rows.newTile();
    double[] dots = new double[TokenRows.TILE];
    for (int t = 0; t < frames; t++) {
      for (int m = 0; m < perFrame; m += TokenRows.TILE) {
        int count = Math.min(TokenRows.TILE, perFrame - m);
        int first = t * perFrame + m;
        rows.read(t, m, count, tile);
        rows.kernels().dots(tile, count, rows.width(), videoMean, dots);
        uniqueness(dots, norms, first, count, norm(videoMean), video);
        rows.kernels().dots(tile, count, rows.width(), frameMeans[t], dots);
        uniqueness(dots, norms, first, count, norm(frameMeans[t]), frame);
      }
    }
    return new CosineUniqueness(video, frame);
  }

  /**
   * @param norms [frames * tokensPerFrame], filled with |x|
   * @return [frames][width]
   */
  private static double[][] frameMeans(TokenRows rows, double[] norms) {
    int perFrame = rows.tokensPerFrame();
    double[][] means = new double[rows.frames()][rows.width()];
    float[] tile = rows.newTile();
    double[] squares = new double[TokenRows.TILE];
    double[] shares = new double[TokenRows.TILE];
    Arrays.fill(shares, 1.0 / perFrame);
    for (int t = 0; t < rows.frames(); t++) {
      for (int m = 0; m < perFrame; m += TokenRows.TILE) {
        int count = Math.min(TokenRows.TILE, perFrame - m);
        rows.requireFinite(t, m, count);
        rows.read(t, m, count, tile);
        rows.kernels().pairDots(tile, tile, count, rows.width(), squares);
        for (int r = 0; r < count; r++) {
          norms[t * perFrame + m + r] = Math.sqrt(squares[r]);
        }
        rows.kernels().addScaled(tile, count, rows.width(), shares, means[t]);
      }
    }
    return means;
  }

  private static double norm(double[] vector) {
    double squares = 0;
    for (double v : vector) {
      squares += v * v;
    }
    return Math.sqrt(squares);
  }

  private static void uniqueness(
      double[] dots, double[] norms, int first, int count, double centreNorm, double[] out) {
    for (int r = 0; r < count; r++) {
      double product = norms[first + r] * centreNorm;
      out[first + r] = product == 0 ? 0 : -dots[r] / product;
    }
  }
}
