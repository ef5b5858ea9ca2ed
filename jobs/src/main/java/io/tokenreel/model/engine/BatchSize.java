package io.tokenreel.model.engine;

import java.util.OptionalInt;

/**
 * How much is computed together. It is halved once: when something does not fit into the device's
 * memory for the first time. Thread-safe.
 */
public final class BatchSize {

  private int size;
  private boolean halved;

  /**
   * @param size at least 1
   */
  public BatchSize(int size) {
    this.size = size;
  }

  /** What is computed together from now on. */
  public synchronized int value() {
    return size;
  }

  /**
   * The size to try instead of one that did not fit: half of it from now on, the first time.
   *
   * @param failed less than the size where something else bounded it
   * @return empty where it was halved before and does not fit all the same, or cannot be
   */
  public synchronized OptionalInt smallerThan(int failed) {
    if (size < failed) {
      return OptionalInt.of(size); // another batch of the old size has failed before
    }
    if (halved || failed == 1) {
      return OptionalInt.empty();
    }
    halved = true;
    size = failed / 2;
    return OptionalInt.of(size);
  }
}
