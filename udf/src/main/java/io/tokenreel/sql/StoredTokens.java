package io.tokenreel.sql;

import io.tokenreel.token.TokenFormat;

/**
 * Tokens as they are stored.
 *
 * @param dim channels of a token, at least 1
 * @param format of each channel
 * @param data little-endian and row-major [tokens][dim]
 */
record StoredTokens(int dim, TokenFormat format, byte[] data) {

  StoredTokens {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1; got " + dim);
    }
    long bytes = format.bytes((long) dim);
    if (data.length % bytes != 0) {
      throw new IllegalArgumentException(
          "data of %s tokens with %d channels must hold a multiple of %d bytes; got %d"
              .formatted(format.label(), dim, bytes, data.length));
    }
  }
}
