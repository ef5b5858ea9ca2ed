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

  /** Refuses tokens that were added to a tokenizer and not to the model. */
  static void requireRows(int[] ids, long rows) {
    for (int id : ids) {
      if (id >= rows) {
        throw new IllegalArgumentException(
            "the text has token %d, and the model's embedding has %d rows: its tokenizer has tokens that were added without resizing the embedding; leave their words out, or call resize_token_embeddings and save the checkpoint again"
                .formatted(id, rows));
      }
    }
  }

  /**
   * The rows of some tokens.
   *
   * @return {@code [ids][hidden]}
   * @throws IllegalArgumentException when the table has no row of one
   */
  float[] rows(int... ids) {
    requireRows(ids, table.shape().get(0));
    int hidden = Math.toIntExact(table.shape().get(1));
    float[] rows = new float[Math.multiplyExact(ids.length, hidden)];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(table.rows(ids[i], ids[i] + 1L).floats(), 0, rows, i * hidden, hidden);
    }
    return rows;
  }
}
