package io.tokenreel.compress;

import java.util.Arrays;

/**
 * VidCom2's frame compression adjustment: frames that are unlike their video keep more.
 *
 * <p>With q the uniqueness of a frame and {@code e_t = exp((q_t - max q) / 0.01)}:
 *
 * <ul>
 *   <li>released code: {@code sigma_t = e_t / (sum e + 1e-8)}, {@code r_t = min(1, R * (1 + sigma_t
 *       - mean sigma))};
 *   <li>vLLM's: the same without the epsilon;
 *   <li>paper (arXiv 2505.14454, Eqs. 7 to 9): {@code sigma = softmax}, {@code r_t = R * (1 +
 *       sigma_t - 1/T)}, here also at most 1.
 * </ul>
 */
final class FrameCompressionAdjustment {

  private static final double TEMPERATURE = 0.01;
  private static final double RELEASE_EPSILON = 1e-8;

  private FrameCompressionAdjustment() {}

  /**
   * Mean of the tokens' values per frame, times a sign.
   *
   * @param values [frames * tokensPerFrame]
   * @return [frames]
   */
  static double[] frameUniqueness(double[] values, int frames, int sign) {
    int perFrame = values.length / frames;
    double[] uniqueness = new double[frames];
    for (int t = 0; t < frames; t++) {
      double sum = 0;
      for (int m = 0; m < perFrame; m++) {
        sum += values[t * perFrame + m];
      }
      uniqueness[t] = sign * (sum / perFrame);
    }
    return uniqueness;
  }

  static double[] release(double[] uniqueness, double retention) {
    return aroundMean(sigma(uniqueness, RELEASE_EPSILON), retention);
  }

  static double[] vllm(double[] uniqueness, double retention) {
    return aroundMean(sigma(uniqueness, 0), retention);
  }

  static double[] paper(double[] uniqueness, double retention) {
    double[] sigma = sigma(uniqueness, 0);
    return shares(sigma, 1.0 / sigma.length, retention);
  }

  private static double[] sigma(double[] uniqueness, double epsilon) {
    double max = Arrays.stream(uniqueness).max().orElseThrow();
    double[] sigma = new double[uniqueness.length];
    double sum = epsilon;
    for (int t = 0; t < sigma.length; t++) {
      sigma[t] = StrictMath.exp((uniqueness[t] - max) / TEMPERATURE);
      sum += sigma[t];
    }
    for (int t = 0; t < sigma.length; t++) {
      sigma[t] /= sum;
    }
    return sigma;
  }

  private static double[] aroundMean(double[] sigma, double retention) {
    double sum = 0;
    for (double s : sigma) {
      sum += s;
    }
    return shares(sigma, sum / sigma.length, retention);
  }

  private static double[] shares(double[] sigma, double mean, double retention) {
    double[] shares = new double[sigma.length];
    for (int t = 0; t < shares.length; t++) {
      shares[t] = Math.min(1, retention * (1 + sigma[t] - mean));
    }
    return shares;
  }
}
