package io.tokenreel.compress;

import java.util.Arrays;

/** The places of the highest values; among equal values the lower places win. */
public final class TopValues {

  private TopValues() {}

  /**
   * Chooses places.
   *
   * @param values read from {@code offset} on, {@code count} of them; no NaN
   * @param keep how many to choose, 0 to {@code count}
   * @return {@code [keep]}, ascending, counted from {@code offset}
   */
  public static int[] indices(double[] values, int offset, int count, int keep) {
    int[] chosen = new int[keep];
    if (keep == 0) {
      return chosen;
    }
    double[] sorted = Arrays.copyOfRange(values, offset, offset + count);
    Arrays.sort(sorted);
    double threshold = sorted[count - keep];
    int tied = keep;
    for (int i = 0; i < count; i++) {
      if (values[offset + i] > threshold) {
        tied--;
      }
    }
    int size = 0;
    for (int i = 0; i < count; i++) {
      double value = values[offset + i];
      if (value > threshold || (value == threshold && tied-- > 0)) {
        chosen[size++] = i;
      }
    }
    return chosen;
  }
}
