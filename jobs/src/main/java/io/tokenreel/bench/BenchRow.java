package io.tokenreel.bench;

import java.util.Locale;

/**
 * One figure of a benchmark: a time, and what matters, its ratio to the yardstick of the same run.
 *
 * @param name what was measured
 * @param milliseconds the time it took
 * @param ratio to the yardstick; 1 for the yardstick itself
 * @param yardstick what the ratio is to
 */
public record BenchRow(String name, double milliseconds, double ratio, String yardstick) {

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%-56s %12.1f ms  %6.3f of %s", name, milliseconds, ratio, yardstick);
  }
}
