package io.tokenreel.model.decoder;

import io.tokenreel.model.safetensors.Tensor;

/** Rows of text tokens, read from the mapped checkpoint as they are asked for. */
final class TextEmbedding {

  private final Tensor table;

  /**
   * Takes the table.
   *
   * @param table [vocabulary][hidden]
   */
  TextEmbedding(Tensor table) {
    this.table = table.mapped();
  }

  /**
   * The rows of some tokens.
   *
   * @return {@code [ids][hidden]}
   */
  float[] rows(int... ids) {
    int hidden = Math.toIntExact(table.shape().get(1));
    float[] rows = new float[Math.multiplyExact(ids.length, hidden)];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(table.rows(ids[i], ids[i] + 1L).floats(), 0, rows, i * hidden, hidden);
    }
    return rows;
  }
}
