package io.tokenreel.model.qwen2;

import io.tokenreel.model.engine.RowTimesMatrix;

/**
 * A share of one layer's MLP for a single row: what mlp.pt computes, but at the speed of memory.
 *
 * @param gateUp gate and up weights, {@code (2 * share, hidden)}
 * @param down {@code (hidden, share)}
 */
record RowMlp(RowNorm norm, RowTimesMatrix gateUp, RowTimesMatrix down) {

  float[] apply(float[] row) {
    float[] both = gateUp.of(norm.apply(row));
    float[] inner = new float[both.length / 2];
    for (int i = 0; i < inner.length; i++) {
      float gate = both[i];
      inner[i] = gate / (1 + (float) Math.exp(-gate)) * both[inner.length + i];
    }
    return down.of(inner);
  }
}
