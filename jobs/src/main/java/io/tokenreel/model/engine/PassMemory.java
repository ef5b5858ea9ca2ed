package io.tokenreel.model.engine;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The frames and tokens of one pass after another; it grows with the largest. Used by one thread.
 */
final class PassMemory {

  private final int steps;
  private ByteBuffer frames = ByteBuffer.allocateDirect(0);
  private float[] values = new float[0];
  private int stepValues;

  /**
   * @param steps of a pass
   */
  PassMemory(int steps) {
    this.steps = steps;
  }

  /** Makes room for a pass of steps like those of a video; its frames are to be appended. */
  void begin(VideoEncoding like) {
    int bytes = Math.multiplyExact(steps, like.stepBytes());
    if (frames.capacity() < bytes) {
      frames = ByteBuffer.allocateDirect(bytes);
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
}
