package io.tokenreel.compress;

import io.tokenreel.kernel.RowBatch;
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
    double videoNorm = norm(videoMean);
    double[] video = new double[norms.length];
    double[] frame = new double[norms.length];
    RowBatch batch = rows.newBatch();
    double[] videoDots = new double[RowBatch.ROWS];
    double[] frameDots = new double[RowBatch.ROWS];
    for (int t = 0; t < frames; t++) {
      for (int m = 0; m < perFrame; m += RowBatch.ROWS) {
        rows.read(t, m, batch);
        rows.kernels().twoDots(batch, videoMean, frameMeans[t], videoDots, frameDots);
        int first = t * perFrame + m;
        uniqueness(videoDots, norms, first, batch.count(), videoNorm, video);
        uniqueness(frameDots, norms, first, batch.count(), norm(frameMeans[t]), frame);
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
    RowBatch batch = rows.newBatch();
    double[] shares = new double[RowBatch.ROWS];
    Arrays.fill(shares, 1.0 / perFrame);
    for (int t = 0; t < rows.frames(); t++) {
      for (int m = 0; m < perFrame; m += RowBatch.ROWS) {
        rows.readChecked(t, m, batch);
        TokenNorms.put(rows, batch, norms, t * perFrame + m);
        rows.kernels().addScaled(batch, shares, means[t]);
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
