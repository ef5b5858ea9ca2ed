package io.tokenreel.model.engine;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The frames and tokens of one pass after another; it grows with the largest. Used by one thread.
 */
final class PassMemory implements AutoCloseable {

  private final StepEncoder encoder;
  private HostMemory memory;
  private ByteBuffer frames = ByteBuffer.allocate(0);
  private float[] values = new float[0];
  private int stepValues;

  /**
   * @param encoder that passes are for
   */
  PassMemory(StepEncoder encoder) {
    this.encoder = encoder;
  }

  /** Makes room for a pass of steps like those of a video; its frames are to be appended. */
  void begin(VideoEncoding like, int steps) {
    int bytes = Math.multiplyExact(steps, like.stepBytes());
    if (frames.capacity() < bytes) {
      close();
      memory = encoder.frameMemory(bytes);
      frames = memory.bytes();
    }
    frames.clear().limit(bytes);
    stepValues = like.stepValues();
    if (values.length < Math.multiplyExact(steps, stepValues)) {
      values = new float[steps * stepValues];
    }
  }

  /** Takes the pass's frames, one after the other. */
  ByteBuffer frames() {
    return frames;
  }

  /** The pass's frames, those that nobody appended black. */
  ByteBuffer blackened() {
    while (frames.remaining() >= Long.BYTES) {
      frames.putLong(0);
    }
    while (frames.hasRemaining()) {
      frames.put((byte) 0);
    }
    return frames.flip();
  }

  /** Takes the tokens of the pass's first steps. */
  FloatBuffer tokens(int first) {
    return FloatBuffer.wrap(values, 0, first * stepValues);
  }

  /** What {@link #tokens} took. */
  float[] values() {
    return values;
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
      memory = null;
      frames = ByteBuffer.allocate(0);
    }
  }
}
