package io.tokenreel.testing;

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
}
