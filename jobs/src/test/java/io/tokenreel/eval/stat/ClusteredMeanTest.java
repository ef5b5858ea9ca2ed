package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.tokenreel.eval.result.Estimate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusteredMeanTest {

  @Test
  void normal_anyClusters_reaches1point96Errors() {
    Estimate estimate = new ClusteredMean(10, 3, 0.5, 0.1).normal();
    assertEquals(0.5, estimate.mean());
    assertEquals(0.1, estimate.standardError());
    assertEquals(0.5 - 0.1959963984540054, estimate.low(), 1e-12);
    assertEquals(0.5 + 0.1959963984540054, estimate.high(), 1e-12);
  }

  /** Quantiles as tables of Student's t print them. */
  @ParameterizedTest
  @CsvSource({"2, 12.70620474", "3, 4.30265273", "11, 2.22813885", "1001, 1.96233908"})
  void student_clusters_reachesTheTableOfOneLess(long clusters, double quantile) {
    Estimate estimate = new ClusteredMean(5000, clusters, -0.25, 0.01).student();
    assertEquals(-0.25 - 0.01 * quantile, estimate.low(), 1e-9);
    assertEquals(-0.25 + 0.01 * quantile, estimate.high(), 1e-9);
  }

  @Test
  void student_oneCluster_hasNoInterval() {
    assertEquals(
        new Estimate(0.25, Double.NaN, Double.NaN, Double.NaN),
        new ClusteredMean(4, 1, 0.25, Double.NaN).student());
  }

  @Test
  void percentOf_zeroOrNone_isNull() {
    ClusteredMean half = new ClusteredMean(2, 2, 0.5, 0.1);
    assertEquals(200.0, half.percentOf(new ClusteredMean(2, 2, 0.25, 0.1)));
    assertNull(half.percentOf(new ClusteredMean(2, 2, 0, 0)));
    assertNull(half.percentOf(null));
  }
}
