package io.tokenreel.eval.log;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Standard errors of a metric by lmms-eval's own formulas (api/metrics.py), over the numbers that
 * it logs: the field {@code score}, or the whole of what is logged where that is a number or a
 * truth. They are on these numbers' scale, which need not be the metric's.
 */
final class MetricErrors {

  private static final String SCORE = "score";
  private static final String NONE = "N/A";

  private final List<Double> scores = new ArrayList<>();
  private final List<String> clusters = new ArrayList<>();
  private boolean plain = true;

  void add(Object logged, String cluster) {
    Object score = logged;
    if (logged instanceof Map<?, ?> map) {
      plain = false;
      score = map.get(SCORE);
    }
    if (score instanceof Boolean truth) {
      score = truth ? 1 : 0;
    }
    if (score instanceof Number number) {
      scores.add(number.doubleValue());
      clusters.add(cluster);
    }
  }

  /** Sample deviation over the root of n, where upstream takes a plain mean; else {@code N/A}. */
  Object ofMean() {
    return plain ? clt() : NONE;
  }

  /** Sample deviation over the root of n; {@code N/A} for fewer than two numbers. */
  Object clt() {
    int n = scores.size();
    return n < 2 ? NONE : Math.sqrt(squares() / (n - 1) / n);
  }

  /**
   * Questions about one video as a cluster: {@code sqrt(clt^2 + sum over pairs in clusters of d_i
   * d_j / n^2)}; {@code N/A} for fewer than two videos. Upstream has it for Video-MME alone.
   */
  Object clustered() {
    Map<String, Double> sums = new HashMap<>();
    double mean = mean();
    for (int i = 0; i < scores.size(); i++) {
      sums.merge(clusters.get(i), scores.get(i) - mean, Double::sum);
    }
    if (sums.size() < 2) {
      return NONE;
    }
    int n = scores.size();
    double pairs = sums.values().stream().mapToDouble(sum -> sum * sum).sum() - squares();
    double variance = squares() / (n - 1) / n + pairs / n / n;
    return Math.sqrt(Math.max(0, variance)); // rounding may leave less than nothing
  }

  private double mean() {
    return scores.stream().mapToDouble(each -> each).average().orElse(Double.NaN);
  }

  private double squares() {
    double mean = mean();
    return scores.stream().mapToDouble(each -> (each - mean) * (each - mean)).sum();
  }
}
