package io.tokenreel.eval.stat;

import io.tokenreel.eval.result.Estimate;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.spark.sql.Row;

/**
 * A mean with its clustered standard error, from the sums of {@link ClusteredSums}.
 *
 * @param questions that the mean is over
 * @param clusters that these fall into
 * @param standardError NaN where there are fewer than two clusters, and where one value of a macro
 *     average has a single question, whose variance nothing shows
 */
record ClusteredMean(long questions, long clusters, double mean, double standardError) {

  private static final double LEVEL = 0.975; // leaves 2.5% on either side
  private static final double NORMAL = new NormalDistribution().inverseCumulativeProbability(LEVEL);

  static ClusteredMean of(Row sums) {
    long questions = sums.getAs("questions");
    long clusters = sums.getAs("clusters");
    double squares = sums.getAs("squares");
    return new ClusteredMean(
        questions,
        clusters,
        sums.<Double>getAs("total") / questions,
        clusters < 2 ? Double.NaN : Math.sqrt(squares) / questions);
  }

  /** With the 95% interval of a normal distribution. */
  Estimate normal() {
    return within(NORMAL * standardError);
  }

  /** With the 95% interval of Student's t with one degree of freedom less than clusters. */
  Estimate student() {
    return within(
        clusters < 2
            ? Double.NaN
            : new TDistribution(clusters - 1).inverseCumulativeProbability(LEVEL) * standardError);
  }

  private Estimate within(double reach) {
    return new Estimate(mean, standardError, mean - reach, mean + reach);
  }

  /** The mean as a percentage of another; null where there is none, or where it is 0. */
  Double percentOf(ClusteredMean other) {
    return other == null || other.mean == 0 ? null : Double.valueOf(100 * mean / other.mean);
  }
}
