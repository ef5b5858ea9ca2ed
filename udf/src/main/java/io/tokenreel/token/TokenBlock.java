package io.tokenreel.token;

import java.util.Objects;

/**
 * All visual tokens of one video as they are stored: little-endian, row-major {@code
 * [frames][tokensPerFrame][dim]}.
 *
 * <p>The block shares the array it is given, and nobody may write to that array afterwards. Kernels
 * read it in place.
 */
public final class TokenBlock {

  private final TokenShape shape;
  private final TokenDtype dtype;
  private final byte[] data;

  /**
   * @param data {@code shape.elements() * dtype.bytes()} bytes, owned by the block from here on
   * @throws IllegalArgumentException when the length does not fit the shape
   */
  public TokenBlock(TokenShape shape, TokenDtype dtype, byte[] data) {
    this.shape = Objects.requireNonNull(shape, "shape");
    this.dtype = Objects.requireNonNull(dtype, "dtype");
    this.data = Objects.requireNonNull(data, "data");
    long expected = shape.elements() * dtype.bytes();
    if (data.length != expected) {
      throw new IllegalArgumentException(
          "data of a %s block [%d][%d][%d] must hold %d bytes; got %d"
              .formatted(
                  dtype.label(),
                  shape.frames(),
                  shape.tokensPerFrame(),
                  shape.dim(),
                  expected,
                  data.length));
    }
  }

  /**
   * A block of floats {@code [frames][tokensPerFrame][dim]}, row-major, stored as f32.
   *
   * @param values copied
   */
  public static TokenBlock ofFloats(TokenShape shape, float[] values) {
    return new TokenBlock(shape, TokenDtype.F32, TokenCodec.encode(values, TokenDtype.F32));
  }

  /**
   * The same tokens stored as another dtype, rounded to nearest even where it is narrower.
   *
   * @throws IllegalArgumentException naming the first token with a number too large for the dtype
   */
  public TokenBlock as(TokenDtype other) {
    return other == dtype ? this : new TokenBlock(shape, other, TokenCodec.converted(this, other));
  }

  public TokenShape shape() {
    return shape;
  }

  public TokenDtype dtype() {
    return dtype;
  }

  /** The stored bytes themselves, not a copy: read only. */
  public byte[] data() {
    return data;
  }
}
