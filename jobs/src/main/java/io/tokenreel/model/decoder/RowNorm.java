package io.tokenreel.model.decoder;

/** RMS norm of a single row, or of a head of one. */
record RowNorm(float[] weight, double epsilon) {

  /** Summed in float64, one channel after the other. */
  float[] apply(float[] row) {
    float[] normed = row.clone();
    apply(normed, 0);
    return normed;
  }

  /** Norms the channels from {@code at} on, in place. */
  void apply(float[] values, int at) {
    double squares = 0;
    for (int i = 0; i < weight.length; i++) {
      squares += (double) values[at + i] * values[at + i];
    }
    float scale = (float) (1 / Math.sqrt(squares / weight.length + epsilon));
    for (int i = 0; i < weight.length; i++) {
      values[at + i] = values[at + i] * scale * weight[i];
    }
  }
}
