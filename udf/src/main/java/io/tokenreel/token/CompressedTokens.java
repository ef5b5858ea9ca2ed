package io.tokenreel.token;

import java.util.Objects;

/**
 * The tokens that a method kept of one video.
 *
 * @param dim channels of a token, all of its planes
 * @param index flat index of each token in the uncompressed grid, in the order of the tokens
 * @param rows {@code [index.length][planes]} rows of dim / planes channels
 */
public record CompressedTokens(int dim, int[] index, StoredRows rows) {

  public CompressedTokens {
    Objects.requireNonNull(rows, "rows");
    long expected = rows.format().bytes((long) index.length * dim);
    if (rows.data().length != expected || dim % rows.channels() != 0) {
      throw new IllegalArgumentException(
          "%d tokens of %d %s channels must hold %d bytes; got %d in rows of %d"
              .formatted(
                  index.length,
                  dim,
                  rows.format().label(),
                  expected,
                  rows.data().length,
                  rows.channels()));
    }
  }

  /** How {@link #data} is stored. */
  public TokenFormat format() {
    return rows.format();
  }

  /** {@code [index.length][dim]}, little-endian, row-major; shared, not to be written to. */
  public byte[] data() {
    return rows.data();
  }

  /**
   * {@code [index.length][planes]} of float32, little-endian, for a format with scales, else empty;
   * shared, not to be written to.
   */
  public byte[] scales() {
    return rows.scales();
  }

  /** Planes of a token. */
  public int planes() {
    return dim / rows.channels();
  }
}
