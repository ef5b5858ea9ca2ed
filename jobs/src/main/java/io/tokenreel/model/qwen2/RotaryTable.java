package io.tokenreel.model.qwen2;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * Cosines and sines of rotary positions (arXiv 2104.09864), in float32 steps as Transformers
 * computes them, because that is what checkpoints were trained with.
 */
final class RotaryTable {

  private final int headSize;
  private final float[] cosines; // [positions][headSize]
  private final float[] sines; // [positions][headSize]
  private final NDArray cos; // (positions, headSize)
  private final NDArray sin; // (positions, headSize)

  /**
   * Computes the tables.
   *
   * @param manager owns them
   */
  RotaryTable(NDManager manager, int positions, int headSize, double theta) {
    int half = headSize / 2;
    this.headSize = headSize;
    this.cosines = new float[Math.multiplyExact(positions, headSize)];
    this.sines = new float[cosines.length];
    for (int i = 0; i < half; i++) {
      float frequency = 1f / (float) Math.pow(theta, (float) (2 * i) / headSize);
      for (int position = 0; position < positions; position++) {
        float angle = position * frequency;
        int at = position * headSize + i;
        cosines[at] = (float) Math.cos(angle);
        cosines[at + half] = cosines[at];
        sines[at] = (float) Math.sin(angle);
        sines[at + half] = sines[at];
      }
    }
    Shape shape = new Shape(positions, headSize);
    this.cos = manager.create(cosines, shape);
    this.sin = manager.create(sines, shape);
  }

  /** Views of the cosines and sines of some positions, owned by the manager given. */
  NDArray[] at(NDManager manager, int from, int to) {
    NDIndex rows = new NDIndex(from + ":" + to);
    return new NDArray[] {cos.get(manager, rows), sin.get(manager, rows)};
  }

  /** One position. */
  Row at(int position) {
    return new Row(position * headSize);
  }

  /** Turns heads to one position. */
  final class Row {

    private final int first;

    private Row(int first) {
      this.first = first;
    }

    /** Turns the head that lies from {@code at} on. */
    void rotate(float[] heads, int at) {
      int half = headSize / 2;
      for (int i = 0; i < half; i++) {
        float one = heads[at + i];
        float other = heads[at + half + i];
        heads[at + i] = one * cosines[first + i] - other * sines[first + i];
        heads[at + half + i] = other * cosines[first + half + i] + one * sines[first + half + i];
      }
    }
  }
}
