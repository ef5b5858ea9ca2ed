package io.tokenreel.model.decoder;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Rotary positions (arXiv 2104.09864), in float32 steps as Transformers computes them, because that
 * is what checkpoints were trained with. A token has a position on each of one or more axes, and
 * each wavelength reads one of them (M-RoPE, arXiv 2409.12191).
 */
final class Rotary {

  private final int half;
  private final float[] frequencies; // [half]
  private final int[] axisOf; // [half]

  /**
   * @param axisOf {@code [headSize / 2]}, the axis whose position each wavelength reads
   */
  Rotary(double theta, int... axisOf) {
    this.half = axisOf.length;
    this.axisOf = axisOf.clone();
    this.frequencies = new float[half];
    for (int i = 0; i < half; i++) {
      frequencies[i] = 1f / (float) Math.pow(theta, (float) (2 * i) / (2 * half));
    }
  }

  /**
   * Cosines and sines of some tokens.
   *
   * @param positions {@code [axes][tokens]}
   * @return {@code (to - from, headSize)} each, owned by the manager
   */
  NDArray[] at(NDManager manager, int[][] positions, int from, int to) {
    float[] cosines = new float[(to - from) * 2 * half];
    float[] sines = new float[cosines.length];
    for (int token = from; token < to; token++) {
      fill(positions, token, cosines, sines, (token - from) * 2 * half);
    }
    Shape shape = new Shape(to - from, 2L * half);
    return new NDArray[] {manager.create(cosines, shape), manager.create(sines, shape)};
  }

  /** One token. */
  Row at(int[][] positions, int token) {
    float[] cosines = new float[2 * half];
    float[] sines = new float[2 * half];
    fill(positions, token, cosines, sines, 0);
    return new Row(cosines, sines);
  }

  private void fill(int[][] positions, int token, float[] cosines, float[] sines, int at) {
    for (int i = 0; i < half; i++) {
      float angle = positions[axisOf[i]][token] * frequencies[i];
      cosines[at + i] = (float) Math.cos(angle);
      cosines[at + half + i] = cosines[at + i];
      sines[at + i] = (float) Math.sin(angle);
      sines[at + half + i] = sines[at + i];
    }
  }

  /**
   * Turns heads to one position.
   *
   * @param cosines {@code [headSize]}, the second half as the first
   * @param sines {@code [headSize]}
   */
  record Row(float[] cosines, float[] sines) {

    /** Turns the head that lies from {@code at} on. */
    void rotate(float[] heads, int at) {
      int half = cosines.length / 2;
      for (int i = 0; i < half; i++) {
        float one = heads[at + i];
        float other = heads[at + half + i];
        heads[at + i] = one * cosines[i] - other * sines[i];
        heads[at + half + i] = other * cosines[half + i] + one * sines[half + i];
      }
    }
  }
}
