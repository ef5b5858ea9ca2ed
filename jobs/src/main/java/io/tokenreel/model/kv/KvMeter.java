package io.tokenreel.model.kv;

/**
 * Bytes of keys and values now, and the most that ever were: the working ones, which some layer
 * attends to, and those in reserve. Thread-safe.
 */
public final class KvMeter {

  private long working;
  private long reserve;
  private long peak;

  /** Bytes that some layer attends to. */
  public synchronized long working() {
    return working;
  }

  /** Bytes kept so that pruned tokens can come back. */
  public synchronized long reserve() {
    return reserve;
  }

  /** What working and reserve are together. */
  public synchronized long total() {
    return working + reserve;
  }

  /** The most that {@link #total} was. */
  public synchronized long peak() {
    return peak;
  }

  synchronized void add(long workingBytes, long reserveBytes) {
    working += workingBytes;
    reserve += reserveBytes;
    peak = Math.max(peak, working + reserve);
  }
}
