package io.tokenreel.model.decoder;

import io.tokenreel.model.safetensors.Tensor;
import java.util.List;

/** Rows of text tokens, read from the mapped checkpoint as they are asked for. */
final class TextEmbedding {

  private final List<Tensor> slices; // each as large as can be mapped
  private final long sliceRows;
  private final long rows;
  private final int hidden;

  /**
   * Takes the table.
   *
   * @param table [vocabulary][hidden]
   */
  TextEmbedding(Tensor table) {
    this.rows = table.shape().get(0);
    this.hidden = Math.toIntExact(table.shape().get(1));
    this.slices =
        table.slices((long) hidden * table.dtype().bytes(), Integer.MAX_VALUE).stream()
            .map(Tensor::mapped)
            .toList();
    this.sliceRows = slices.get(0).shape().get(0);
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
    requireRows(ids, rows);
    float[] found = new float[Math.multiplyExact(ids.length, hidden)];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(row(ids[i]), 0, found, i * hidden, hidden);
    }
    return found;
  }

  private float[] row(int id) {
    long at = id % sliceRows;
    return slices.get((int) (id / sliceRows)).rows(at, at + 1).floats();
  }
}
