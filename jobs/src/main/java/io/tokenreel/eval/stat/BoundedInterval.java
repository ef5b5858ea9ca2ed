package io.tokenreel.eval.stat;

import io.tokenreel.eval.result.Estimate;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;

/**
 * 95% intervals that stay where their mean can be: a share in 0 .. 1, a difference of two in -1 ..
 * 1. Both have a width where no error shows, as with every question right.
 *
 * <p>z and t are quantiles of the normal distribution and of Student's with k - 1 degrees of
 * freedom, for n questions about k videos.
 *
 * <p>A share p with the clustered standard error se: Wilson's score interval (JASA 22, 1927) with
 * an effective number of questions, as surveys with clusters take it: Korn and Graubard, Confidence
 * Intervals for Proportions With Small Expected Number of Positive Counts Estimated From Survey
 * Data, Survey Methodology 24, 1998, for the number; Dean and Pagano, Evaluating Confidence
 * Interval Methods for Binomial Proportions in Clustered Surveys, J. Survey Statistics and
 * Methodology 3, 2015, for Wilson's interval with it.
 *
 * <pre>
 * n_eff = min(n, p (1 - p) / se²) (z / t)², and n (z / t)² where se = 0
 * ends  = (p + z² / 2 n_eff ∓ z sqrt(p (1 - p) / n_eff + z² / 4 n_eff²)) / (1 + z² / n_eff)
 * </pre>
 *
 * <p>Deviation: Korn and Graubard have the quantile of n - 1 degrees in place of z.
 *
 * <p>A difference d of paired scores: two more questions count, one won and one lost: Bonett and
 * Price, Adjusted Wald Confidence Interval for a Difference of Binomial Proportions Based on Paired
 * Data, J. Educational and Behavioral Statistics 37, 2012.
 *
 * <pre>
 * d'  = n d / (n + 2)
 * se' = sqrt(n² se² + 2 + 2 n d² / (n + 2)) / (n + 2)
 * ends = d' ∓ t se'
 * </pre>
 *
 * <p>This is their interval where each question has a video of its own, but for n² se², which has
 * the factor n / (n - 1) here. Deviation: t in place of z, and the clustered error.
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
    boolean none = error < NO_ERROR || p == 0 || p == 1;
    double shown = none ? questions : p * (1 - p) / (error * error);
    double t = student(clusters);
    double[] ends = wilson(p, Math.min(questions, shown) * Z * Z / (t * t));
    return new Estimate(mean, error, ends[0], ends[1]);
  }

  /**
   * Of a mean of differences of scores.
   *
   * @param mean in -1 .. 1
   * @param error its clustered standard error; NaN gives an interval of NaN
   */
  static Estimate difference(double mean, double error, long questions, long clusters) {
    if (Double.isNaN(error) || clusters < 2) {
      return new Estimate(mean, error, Double.NaN, Double.NaN);
    }
    double n = questions;
    double centre = n * mean / (n + 2);
    double squares = n * n * error * error + 2 + 2 * n * mean * mean / (n + 2);
    double reach = student(clusters) * Math.sqrt(squares) / (n + 2);
    return new Estimate(mean, error, Math.max(-1, centre - reach), Math.min(1, centre + reach));
  }

  private static double student(long clusters) {
    return new TDistribution(clusters - 1).inverseCumulativeProbability(LEVEL);
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
