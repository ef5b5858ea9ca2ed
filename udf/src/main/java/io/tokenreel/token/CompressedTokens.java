package io.tokenreel.token;

import java.util.Objects;

/**
 * The tokens that a method kept of one video.
 *
 * @param dim channels of a row: a token's, all of its planes
 * @param format how {@code data} is stored
 * @param index flat index of each row in the uncompressed grid, in the order of the rows
 * @param data {@code [index.length][dim]}, little-endian, row-major
 */
public record CompressedTokens(int dim, TokenFormat format, int[] index, byte[] data) {

  public CompressedTokens {
    Objects.requireNonNull(format, "format");
    long expected = format.bytes((long) index.length * dim);
    if (data.length != expected) {
      throw new IllegalArgumentException(
          "%d tokens of %d %s channels must hold %d bytes; got %d"
              .formatted(index.length, dim, format.label(), expected, data.length));
    }
  }
}
