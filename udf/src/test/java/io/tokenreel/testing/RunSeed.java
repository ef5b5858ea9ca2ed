package io.tokenreel.testing;

/**
 * The seed of this run of the tests: another one each time, so that they meet new cases. It is
 * printed, and {@code -Dtokenreel.test.seed=N} repeats one.
 */
public final class RunSeed {

  public static final long VALUE = Long.getLong("tokenreel.test.seed", System.nanoTime());

  static {
    System.out.println("random cases are drawn with -Dtokenreel.test.seed=" + VALUE);
  }

  private RunSeed() {}
}
