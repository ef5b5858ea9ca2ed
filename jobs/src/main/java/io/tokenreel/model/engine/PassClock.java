package io.tokenreel.model.engine;

/**
 * Divides a tower's wall time among the passes that are under way at the same time. Thread-safe.
 */
final class PassClock {

  private final int sharedBy;
  private final boolean inOrder;
  private long lastEnd;
  private boolean started;

  private PassClock(int sharedBy, boolean inOrder) {
    this.sharedBy = sharedBy;
    this.inOrder = inOrder;
  }

  /** Passes that run side by side, each on a thread of its own. */
  static PassClock sideBySide(int threads) {
    return new PassClock(threads, false);
  }

  /**
   * Passes that a device computes one after the other: a pass's time begins when the last ended.
   */
  static PassClock inOrder() {
    return new PassClock(1, true);
  }

  /**
   * The part of the wall time of a pass that has just ended, in nanoseconds.
   *
   * @param start of the pass, by {@link System#nanoTime}
   */
  synchronized long spentSince(long start) {
    long end = System.nanoTime();
    long from = inOrder && started && lastEnd - start > 0 ? lastEnd : start;
    lastEnd = end;
    started = true;
    return (end - from) / sharedBy;
  }
}
