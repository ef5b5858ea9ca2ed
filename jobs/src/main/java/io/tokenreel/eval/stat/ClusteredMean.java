package io.tokenreel.eval.stat;

import io.tokenreel.eval.result.Estimate;
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

  /** Of scores, with the 95% interval of {@link BoundedInterval#share}. */
  Estimate ofScores() {
    return BoundedInterval.share(mean, standardError, questions, clusters);
  }

  /** Of differences, with the 95% interval of {@link BoundedInterval#difference}. */
  Estimate ofDifferences() {
    return BoundedInterval.difference(mean, standardError, questions, clusters);
  }

  /** The mean as a percentage of another; null where there is none, or where it is 0. */
  Double percentOf(ClusteredMean other) {
    return other == null || other.mean == 0 ? null : Double.valueOf(100 * mean / other.mean);
  }
}
