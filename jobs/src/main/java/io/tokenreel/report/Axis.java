package io.tokenreel.report;

import java.util.Arrays;
import java.util.DoubleSummaryStatistics;

/**
 * An axis of a figure.
 *
 * @param least it begins here; NaN to begin with the data
 * @param most it ends here; NaN to end with the data
 */
record Axis(String title, double least, double most) {

  private static final double[] STEPS = {1, 2, 2.5, 5, 10};
  private static final double MARKS = 5;

  /** From 0 to where the data end. */
  static Axis fromZero(String title) {
    return new Axis(title, 0, Double.NaN);
  }

  /** With both ends of the data. */
  static Axis free(String title) {
    return new Axis(title, Double.NaN, Double.NaN);
  }

  /** With round numbers for ends that it lacks, so that no point lies on the edge. */
  Axis covering(DoubleSummaryStatistics data) {
    double from = Double.isNaN(least) ? data.getMin() : least;
    double to = Double.isNaN(most) ? data.getMax() : most;
    if (!(to > from)) {
      return this;
    }
    double step = step(to - from);
    return new Axis(
        title,
        Double.isNaN(least) ? step * Math.floor(from / step) : least,
        Double.isNaN(most) ? step * Math.ceil(to / step) : most);
  }

  private static double step(double length) {
    double magnitude = Math.pow(10, Math.floor(Math.log10(length / MARKS)));
    return magnitude
        * Arrays.stream(STEPS)
            .filter(step -> step * magnitude * MARKS >= length)
            .findFirst()
            .orElse(STEPS[STEPS.length - 1]);
  }

  /** As XChart takes it. */
  Double lowest() {
    return Double.isNaN(least) ? null : Double.valueOf(least);
  }

  /** As {@link #lowest}. */
  Double highest() {
    return Double.isNaN(most) ? null : Double.valueOf(most);
  }
}
