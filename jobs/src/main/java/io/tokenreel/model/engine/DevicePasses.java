package io.tokenreel.model.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.UnaryOperator;

/**
 * Carries the frames of passes to a device and their tokens back. Thread-safe.
 *
 * <p>On the CPU frames and tokens are read where they lie. A GPU has them in pinned memory, which
 * it copies from and to by itself: a thread queues a whole pass, both copies included, and leaves
 * the turn to the next thread before it waits. So the GPU finds the next pass queued when it ends
 * one, though the frames of that were filled in and the tokens of the one before were stored
 * meanwhile. What a queued pass no longer needs is the next one's memory, since the GPU does them
 * in order.
 */
public final class DevicePasses implements AutoCloseable {

  private final NDManager manager;
  private final DeviceTurn turn;
  private final PinnedCopies copies; // null on the CPU

  /**
   * @param manager owns what passes make; its device is theirs
   */
  public DevicePasses(NDManager manager) {
    this(
        manager,
        manager.getDevice().isGpu() ? new PinnedCopies(manager) : null,
        new DeviceTurn(manager.getDevice()));
  }

  DevicePasses(NDManager manager, PinnedCopies copies, DeviceTurn turn) {
    this.manager = manager;
    this.copies = copies;
    this.turn = turn;
  }

  /** Memory that frames go to the device from without a detour. */
  public HostMemory frameMemory(int bytes) {
    return copies == null ? HostMemory.ofJava(bytes) : copies.memory(bytes);
  }

  /**
   * One pass. Everything native that it makes ends with it.
   *
   * @param rgb direct, uint8, read only
   * @param shape of the frames
   * @param tokens takes as many of the pass's first values as it has room for
   * @param compute from frames on the device to float32 tokens; it owns neither
   */
  public void run(ByteBuffer rgb, Shape shape, FloatBuffer tokens, UnaryOperator<NDArray> compute) {
    try (NDManager pass = manager.newSubManager()) {
      if (copies == null) {
        put(floats(compute.apply(pass.create(rgb, shape, DataType.UINT8))), tokens);
        return;
      }
      try (PinnedCopies.Download down =
          turn.take(() -> copies.download(compute.apply(copies.upload(pass, rgb, shape))))) {
        put(down.await(), tokens);
      }
    }
  }

  private static FloatBuffer floats(NDArray encoded) {
    return encoded.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  private static void put(FloatBuffer all, FloatBuffer tokens) {
    tokens.put(all.limit(tokens.remaining()));
  }

  @Override
  public void close() {
    if (copies != null) {
      copies.close();
    }
  }
}
