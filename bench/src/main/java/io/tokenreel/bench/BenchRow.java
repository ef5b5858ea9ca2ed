package io.tokenreel.bench;

import java.util.Locale;

/**
 * One figure of a benchmark: what was measured, and what matters, its ratio to the yardstick of the
 * same run.
 *
 * @param name what was measured
 * @param value the time it took, or the bytes
 * @param unit of the value
 * @param ratio to the yardstick; 1 for the yardstick itself
 * @param yardstick what the ratio is to
 */
public record BenchRow(String name, double value, String unit, double ratio, String yardstick) {

  /** A time in milliseconds. */
  public static BenchRow millis(String name, double millis, double ratio, String yardstick) {
    return new BenchRow(name, millis, "ms", ratio, yardstick);
  }

  /** An amount of memory in MB of 10^6 bytes. */
  static BenchRow megabytes(String name, long bytes, double ratio, String yardstick) {
    return new BenchRow(name, bytes / 1e6, "MB", ratio, yardstick);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%-64s %12.1f %s  %6.3f of %s", name, value, unit, ratio, yardstick);
  }
}
