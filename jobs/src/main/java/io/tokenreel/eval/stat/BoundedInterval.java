package io.tokenreel.eval.stat;

import io.tokenreel.eval.result.Estimate;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * 95% intervals that stay where their mean can be: a share in 0 .. 1, a difference of two in -1 ..
 * 1.
 *
 * <p>Wilson's score interval (JASA 22, 1927) with an effective number of questions in place of the
 * number of them, as surveys with clusters take it: Korn and Graubard, Confidence Intervals for
 * Proportions With Small Expected Number of Positive Counts Estimated From Survey Data, Survey
 * Methodology 24, 1998, for the number; Dean and Pagano, Evaluating Confidence Interval Methods for
 * Binomial Proportions in Clustered Surveys, J. Survey Statistics and Methodology 3, 2015, for
 * Wilson's interval with it. With the mean p, its clustered standard error se, n questions about k
 * videos, and quantiles z of the normal distribution and t of Student's with k - 1 degrees of
 * freedom
 *
 * <pre>
 * n_eff = min(n, p (1 - p) / se²) (z / t)²
 * ends  = (p + z² / 2 n_eff ∓ z sqrt(p (1 - p) / n_eff + z² / 4 n_eff²)) / (1 + z² / n_eff)
 * </pre>
 *
 * <p>Deviations: Korn and Graubard have the quantile of n - 1 degrees in place of z; where no error
 * shows, as with every question right, they take n_eff = n, and this takes k, for nothing shows how
 * answers about one video go together. A difference d becomes the share (1 + d) / 2, whose error is
 * se / 2; most differences are 0, so that its n_eff may be more than n. Where all differences are
 * equal, the interval reaches as far to either side as that of a share of 0 does.
 */
final class BoundedInterval {

  private static final double LEVEL = 0.975; // leaves 2.5% on either side
  private static final double Z = new NormalDistribution().inverseCumulativeProbability(LEVEL);
  private static final double NO_ERROR = 1e-12; // what rounding leaves of an error of 0

  private BoundedInterval() {}

  /**
   * Of a mean of scores.
   *
   * @param mean in 0 .. 1
   * @param error its clustered standard error; NaN gives an interval of NaN
   */
  static Estimate share(double mean, double error, long questions, long clusters) {
    if (Double.isNaN(error) || clusters < 2) {
      return new Estimate(mean, error, Double.NaN, Double.NaN);
    }
    double p = Math.max(0, Math.min(1, mean));
    double effective =
        error < NO_ERROR || p == 0 || p == 1
            ? clusters
            : Math.min(questions, p * (1 - p) / (error * error));
    double[] ends = wilson(p, effective * shrunk(clusters));
    return new Estimate(mean, error, ends[0], ends[1]);
  }

  /**
   * Of a mean of differences of scores.
   *
   * @param mean in -1 .. 1
   * @param error its clustered standard error; NaN gives an interval of NaN
   */
  static Estimate difference(double mean, double error, long clusters) {
    if (Double.isNaN(error) || clusters < 2) {
      return new Estimate(mean, error, Double.NaN, Double.NaN);
    }
    if (error < NO_ERROR || Math.abs(mean) >= 1) {
      double reach = wilson(0, clusters * shrunk(clusters))[1];
      return new Estimate(mean, error, Math.max(-1, mean - reach), Math.min(1, mean + reach));
    }
    double p = Math.max(0, Math.min(1, (1 + mean) / 2));
    double half = error / 2;
    double[] ends = wilson(p, p * (1 - p) / (half * half) * shrunk(clusters));
    return new Estimate(mean, error, 2 * ends[0] - 1, 2 * ends[1] - 1);
  }

  /** How much less a question tells where few clusters tell the error. */
  private static double shrunk(long clusters) {
    double t = new TDistribution(clusters - 1).inverseCumulativeProbability(LEVEL);
    return Z * Z / (t * t);
  }

  /** Both ends; rounding does not take them out of 0 .. 1. */
  private static double[] wilson(double p, double n) {
    double square = Z * Z / n;
    double centre = p + square / 2;
    double reach = Z * Math.sqrt(p * (1 - p) / n + square / n / 4);
    return new double[] {
      Math.max(0, (centre - reach) / (1 + square)), Math.min(1, (centre + reach) / (1 + square))
    };
  }
}
