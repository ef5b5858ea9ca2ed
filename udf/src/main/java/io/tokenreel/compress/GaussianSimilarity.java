package io.tokenreel.compress;

import io.tokenreel.kernel.RowBatch;
import io.tokenreel.kernel.TokenRows;

/**
 * How much each token is like its video and like its frame, as VidCom2's released code measures it
 * (arXiv 2505.14454; the paper itself has cosines, see {@link CosineUniqueness}).
 *
 * <p>With y the token's low-variance channels, divided by their L2 norm (at least 1e-12), and c the
 * mean of all y of the video, or of the frame: {@code s(y, c) = sum over k = -3..1 of exp(-|y-c|^2
 * / (2 * 2^k))}.
 *
 * <p>The distance is taken as {@code |y|^2 - 2 y.c + |c|^2} in float64. What that loses, about
 * 1e-16, is no more than one unit in the last place of s, which is near 5 where the loss would
 * matter; and equal tokens have equal scores, because each step sees the same numbers.
 *
 * @param video [frames * tokensPerFrame], in (0, 5]
 * @param frame [frames * tokensPerFrame], in (0, 5]
 */
record GaussianSimilarity(double[] video, double[] frame) {

  private static final double MIN_NORM = 1e-12;

  /**
   * Reads every token three times.
   *
   * @throws IllegalArgumentException naming the first token that is not finite
   */
  static GaussianSimilarity of(TokenRows rows) {
    return of(rows, rows.dim() / 2);
  }

  /**
   * As {@link #of(TokenRows)}, over another number of low-variance channels.
   *
   * @param count of the channels, 0 to D
   */
  static GaussianSimilarity of(TokenRows rows, int count) {
    double[] channels = LowVarianceChannels.weights(rows, count);
    Normalised tokens = Normalised.of(rows, channels);
    int frames = rows.frames();
    int perFrame = rows.tokensPerFrame();
    double[] videoSum = new double[rows.width()];
    for (double[] frameSum : tokens.frameSums) {
      for (int i = 0; i < videoSum.length; i++) {
        videoSum[i] += frameSum[i];
      }
    }
    Centre videoCentre = Centre.of(videoSum, (double) frames * perFrame, channels);
    double[] video = new double[frames * perFrame];
    double[] frame = new double[frames * perFrame];
    RowBatch batch = rows.newBatch();
    double[] videoDots = new double[RowBatch.ROWS];
    double[] frameDots = new double[RowBatch.ROWS];
    for (int t = 0; t < frames; t++) {
      Centre frameCentre = Centre.of(tokens.frameSums[t], perFrame, channels);
      for (int m = 0; m < perFrame; m += RowBatch.ROWS) {
        rows.read(t, m, batch);
        rows.kernels().twoDots(batch, videoCentre.vector, frameCentre.vector, videoDots, frameDots);
        System.arraycopy(videoDots, 0, video, t * perFrame + m, batch.count());
        System.arraycopy(frameDots, 0, frame, t * perFrame + m, batch.count());
      }
      tokens.score(video, t, videoCentre);
      tokens.score(frame, t, frameCentre);
    }
    return new GaussianSimilarity(video, frame);
  }

  /** The sum of the five Gaussians; each is the square of the next wider one. */
  private static double similarity(double squaredDistance) {
    // StrictMath: Math.exp may differ between platforms.
    double k1 = StrictMath.exp(-squaredDistance / 4);
    double k0 = k1 * k1;
    double kMinus1 = k0 * k0;
    double kMinus2 = kMinus1 * kMinus1;
    double kMinus3 = kMinus2 * kMinus2;
    return kMinus3 + kMinus2 + kMinus1 + k0 + k1;
  }

  /**
   * A mean of normalised tokens, not normalised again.
   *
   * @param vector [width], 0 outside the chosen channels
   */
  private record Centre(double[] vector, double squaredNorm) {

    static Centre of(double[] sum, double tokens, double[] channels) {
      double[] vector = new double[sum.length];
      double squaredNorm = 0;
      for (int i = 0; i < sum.length; i++) {
        vector[i] = sum[i] / tokens * channels[i];
        squaredNorm += vector[i] * vector[i];
      }
      return new Centre(vector, squaredNorm);
    }
  }

  /**
   * What the centres and distances need of the normalised tokens y = scale * x.
   *
   * @param scales [frames * tokensPerFrame]
   * @param squaredNorms [frames * tokensPerFrame], |y|^2
   * @param frameSums [frames][width], over all channels
   */
  private record Normalised(double[] scales, double[] squaredNorms, double[][] frameSums) {

    static Normalised of(TokenRows rows, double[] channels) {
      int perFrame = rows.tokensPerFrame();
      double[] scales = new double[rows.frames() * perFrame];
      double[] squaredNorms = new double[scales.length];
      double[][] frameSums = new double[rows.frames()][rows.width()];
      RowBatch batch = rows.newBatch();
      double[] squares = new double[RowBatch.ROWS];
      double[] batchScales = new double[RowBatch.ROWS];
      // Backwards: the pass before this one ended here, so the last frames may still be in cache.
      for (int t = rows.frames() - 1; t >= 0; t--) {
        for (int m = 0; m < perFrame; m += RowBatch.ROWS) {
          rows.read(t, m, batch);
          rows.kernels().weightedSquares(batch, channels, squares);
          for (int r = 0; r < batch.count(); r++) {
            double scale = 1 / Math.max(Math.sqrt(squares[r]), MIN_NORM);
            batchScales[r] = scale;
            scales[t * perFrame + m + r] = scale;
            squaredNorms[t * perFrame + m + r] = scale * scale * squares[r];
          }
          rows.kernels().addScaled(batch, batchScales, frameSums[t]);
        }
      }
      return new Normalised(scales, squaredNorms, frameSums);
    }

    /** Puts the scores of a frame's tokens in the place of their products x.c. */
    void score(double[] values, int frame, Centre centre) {
      int perFrame = values.length / frameSums.length;
      for (int i = frame * perFrame; i < (frame + 1) * perFrame; i++) {
        double distance = squaredNorms[i] - 2 * scales[i] * values[i] + centre.squaredNorm;
        values[i] = similarity(Math.max(0, distance));
      }
    }
  }
}
