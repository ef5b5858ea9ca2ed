package io.tokenreel.testing;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The seed of random cases: a fixed one, so that a test fails for what a change did. {@code
 * bin/check --all} gives {@code -Dtokenreel.test.seed=N} another one each time, so that the tests
 * meet new cases; it is printed, and the same property repeats a run.
 */
public final class RunSeed {

  public static final long VALUE = Long.getLong("tokenreel.test.seed", 20261121);

  static {
    System.out.println("random cases are drawn with -Dtokenreel.test.seed=" + VALUE);
  }

  private RunSeed() {}

  /**
   * Half of the cases, by the seed, in their order: for cases that differ little and take long,
   * such as the moments at which a writer is stopped.
   */
  public static <T> List<T> half(List<T> cases) {
    List<Integer> places = IntStream.range(0, cases.size()).boxed().collect(Collectors.toList());
    Collections.shuffle(places, new Random(VALUE));
    return places.subList(0, (places.size() + 1) / 2).stream().sorted().map(cases::get).toList();
  }

  /** Half of the numbers from 1 to {@code last}. */
  public static List<Integer> halfUpTo(int last) {
    return half(IntStream.rangeClosed(1, last).boxed().toList());
  }
}
