package io.tokenreel.model.engine;

import java.nio.ByteBuffer;

/** Memory of the host outside the heap, which frames or tokens lie in on their way. */
public final class HostMemory implements AutoCloseable {

  private final ByteBuffer bytes;
  private final Runnable free;

  /**
   * @param bytes direct; whoever has this object may write to them until it is closed
   * @param free gives the memory back
   */
  HostMemory(ByteBuffer bytes, Runnable free) {
    this.bytes = bytes;
    this.free = free;
  }

  /** Memory of the JVM's own, given back by its collector. */
  static HostMemory ofJava(int bytes) {
    return new HostMemory(ByteBuffer.allocateDirect(bytes), () -> {});
  }

  ByteBuffer bytes() {
    return bytes;
  }

  @Override
  public void close() {
    free.run();
  }
}
