package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Comparison of selections that rounding may tell apart where scores are equal. */
final class Ties {

  private Ties() {}

  /**
   * The same places in the same order, but for exchanges between tokens of equal score.
   *
   * @param scores by index
   * @param tie scores nearer than this are equal
   */
  static void assertSame(int[] expected, int[] actual, double[] scores, double tie, String where) {
    assertEquals(expected.length, actual.length, where);
    List<Integer> missing = new ArrayList<>(without(expected, actual));
    List<Integer> extra = new ArrayList<>(without(actual, expected));
    missing.sort((a, b) -> Double.compare(scores[a], scores[b]));
    extra.sort((a, b) -> Double.compare(scores[a], scores[b]));
    for (int i = 0; i < missing.size(); i++) {
      double gap = Math.abs(scores[missing.get(i)] - scores[extra.get(i)]);
      assertTrue(gap < tie, where + ": lacks " + missing + ", has " + extra);
    }
    if (missing.isEmpty()) {
      assertArrayEquals(expected, actual, where);
    }
  }

  private static Set<Integer> without(int[] these, int[] those) {
    Set<Integer> left = Arrays.stream(these).boxed().collect(Collectors.toCollection(HashSet::new));
    left.removeAll(Arrays.stream(those).boxed().collect(Collectors.toSet()));
    return left;
  }
}
