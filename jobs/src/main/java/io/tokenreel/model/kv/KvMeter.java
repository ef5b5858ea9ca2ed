package io.tokenreel.model.kv;

/**
 * Bytes of keys and values now, and the most that ever were: the working ones, which some layer
 * attends to, and those in reserve. Thread-safe.
 */
public final class KvMeter {

  private long working;
  private long reserve;
  private long peak;
  private long workingPeak;
  private long reservePeak;

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

  /** The most that {@link #working} was. */
  public synchronized long workingPeak() {
    return workingPeak;
  }

  /** The most that {@link #reserve} was. */
  public synchronized long reservePeak() {
    return reservePeak;
  }

  /** Counts bytes more or, where they are negative, less. */
  public synchronized void add(long workingBytes, long reserveBytes) {
    set(working + workingBytes, reserve + reserveBytes);
  }

  /** Replaces the bytes that are counted. */
  public synchronized void set(long workingBytes, long reserveBytes) {
    working = workingBytes;
    reserve = reserveBytes;
    peak = Math.max(peak, working + reserve);
    workingPeak = Math.max(workingPeak, working);
    reservePeak = Math.max(reservePeak, reserve);
  }
}
