package io.tokenreel.model.decoder;

import io.tokenreel.model.engine.RowKernels;
import io.tokenreel.model.engine.RowTimesMatrix;

/**
 * A share of one layer's MLP for a single row: what mlp.pt computes, but at the speed of memory.
 *
 * @param gateUp gate and up weights, {@code (2 * share, hidden)}
 * @param down {@code (hidden, share)}
 */
record RowMlp(RowNorm norm, RowTimesMatrix gateUp, RowTimesMatrix down) {

  float[] apply(float[] row) {
    return down.of(RowKernels.gated(gateUp.of(norm.apply(row))));
  }
}
