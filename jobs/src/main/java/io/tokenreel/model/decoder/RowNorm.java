package io.tokenreel.model.decoder;

/** RMS norm of a single row. */
record RowNorm(float[] weight, double epsilon) {

  /** Summed in float64, one channel after the other. */
  float[] apply(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += (double) value * value;
    }
    float scale = (float) (1 / Math.sqrt(squares / row.length + epsilon));
    float[] normed = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      normed[i] = row[i] * scale * weight[i];
    }
    return normed;
  }
}
