package io.tokenreel.model.engine;

import ai.djl.Device;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Has threads give their passes to a GPU one after the other: those of two at once would take twice
 * the memory and no less time. On the CPU nobody waits.
 */
public final class DeviceTurn {

  private final Lock lock = new ReentrantLock();
  private final boolean needed;

  public DeviceTurn(Device device) {
    this.needed = device.isGpu();
  }

  /** Does what one thread at a time may do. */
  public <T> T take(Supplier<T> work) {
    if (!needed) {
      return work.get();
    }
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }
}
