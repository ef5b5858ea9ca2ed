package io.tokenreel.sql;

import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;

/**
 * Tokens as they are stored.
 *
 * @param dim channels of a token, all of its planes
 * @param rows {@code [tokens][planes]} rows of dim / planes channels
 */
record StoredTokens(int dim, StoredRows rows) {

  /**
   * Tokens whose planes follow from the number of scales.
   *
   * @param dim channels of a token, at least 1
   * @param data little-endian and row-major [tokens][dim]
   * @param scales [tokens][planes] of float32 for a format with scales, else empty
   * @throws IllegalArgumentException when the bytes are no whole tokens, or the scales not as many
   *     for each of them
   */
  static StoredTokens of(int dim, TokenFormat format, byte[] data, byte[] scales) {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1; got " + dim);
    }
    int tokens = (int) (data.length / format.bytes((long) dim));
    int planes = format.scaled() && tokens > 0 ? scales.length / format.scaleBytes() / tokens : 1;
    boolean whole = planes > 0 && dim % planes == 0;
    return new StoredTokens(dim, new StoredRows(format, whole ? dim / planes : dim, data, scales));
  }

  /** Tokens as floats, [tokens][dim]. */
  float[][] decode() {
    int planes = dim / rows.channels();
    float[][] values = new float[rows.count() / planes][dim];
    for (int row = 0; row < rows.count(); row++) {
      rows.decode(row, values[row / planes], row % planes * rows.channels());
    }
    return values;
  }
}
