package io.tokenreel.sql;

import io.tokenreel.token.TokenDtype;

/**
 * Tokens as they are stored.
 *
 * @param dim channels of a token, at least 1
 * @param dtype of each channel
 * @param data little-endian and row-major [tokens][dim]
 */
record StoredTokens(int dim, TokenDtype dtype, byte[] data) {

  StoredTokens {
    if (dim < 1) {
      throw new IllegalArgumentException("dim must be at least 1; got " + dim);
    }
    long bytes = (long) dim * dtype.bytes();
    if (data.length % bytes != 0) {
      throw new IllegalArgumentException(
          "data of %s tokens with %d channels must hold a multiple of %d bytes; got %d"
              .formatted(dtype.label(), dim, bytes, data.length));
    }
  }
}
