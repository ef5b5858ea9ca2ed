package io.tokenreel.bench;

import java.util.List;
import org.apache.commons.math3.stat.descriptive.rank.Median;

/**
 * Figures of measurements made several times over, each beside its own yardstick: a machine that
 * others share is not equally fast for long.
 */
final class Rounds {

  private Rounds() {}

  /** The median; the mean of the middle two where their number is even. */
  static double median(List<Double> values) {
    return new Median().evaluate(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
