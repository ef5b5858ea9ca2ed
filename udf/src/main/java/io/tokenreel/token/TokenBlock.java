package io.tokenreel.token;

import java.util.Objects;

/**
 * All visual tokens of one video as they are stored: little-endian, row-major {@code
 * [frames][tokensPerFrame][planes][dim]}.
 *
 * <p>The block shares the array it is given, and nobody may write to that array afterwards. Kernels
 * read it in place.
 */
public final class TokenBlock {

  private final TokenShape shape;
  private final TokenFormat format;
  private final byte[] data;

  /**
   * @param data {@code format.bytes(shape.elements())} bytes, owned by the block from here on
   * @throws IllegalArgumentException when the length does not fit the shape
   */
  public TokenBlock(TokenShape shape, TokenFormat format, byte[] data) {
    this.shape = Objects.requireNonNull(shape, "shape");
    this.format = Objects.requireNonNull(format, "format");
    this.data = Objects.requireNonNull(data, "data");
    long expected = format.bytes(shape.elements());
    if (data.length != expected) {
      throw new IllegalArgumentException(
          "data of a %s block [%d][%d][%d] must hold %d bytes; got %d"
              .formatted(
                  format.label(),
                  shape.frames(),
                  shape.tokensPerFrame(),
                  shape.rowDim(),
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
    return new TokenBlock(shape, TokenFormat.F32, TokenFormat.F32.encode(values));
  }

  /**
   * The same tokens in another format, rounded to nearest even where it is narrower.
   *
   * @throws IllegalArgumentException naming the first token with a number too large for it
   */
  public TokenBlock as(TokenFormat other) {
    return other == format ? this : new TokenBlock(shape, other, all(other));
  }

  public TokenShape shape() {
    return shape;
  }

  public TokenFormat format() {
    return format;
  }

  /** The stored bytes themselves, not a copy: read only. */
  public byte[] data() {
    return data;
  }

  /**
   * The rows that a selection keeps, in its order. The block's own format is a plain copy of bytes;
   * another one goes through float32, one row at a time.
   *
   * @throws IllegalArgumentException when an index lies outside the block, or naming the first
   *     token with a number too large for the format
   */
  public CompressedTokens keep(Kept selection, TokenFormat other) {
    int[] index = selection.places();
    requireInside(index);
    int bytes = other.bytes(shape.rowDim());
    byte[] rows = new byte[Math.multiplyExact(index.length, bytes)];
    if (other == format) {
      for (int row = 0; row < index.length; row++) {
        System.arraycopy(data, index[row] * bytes, rows, row * bytes, bytes);
      }
    } else {
      float[] token = new float[shape.rowDim()];
      for (int row = 0; row < index.length; row++) {
        convert(index[row], token, other, rows, row * bytes);
      }
    }
    return new CompressedTokens(shape.rowDim(), other, index, rows);
  }

  private byte[] all(TokenFormat other) {
    float[] token = new float[shape.rowDim()];
    byte[] rows = new byte[Math.toIntExact(other.bytes(shape.elements()))];
    for (int i = 0; i < shape.tokens(); i++) {
      convert(i, token, other, rows, i * other.bytes(token.length));
    }
    return rows;
  }

  /**
   * Writes one token in another format.
   *
   * @param token [dim], scratch space
   */
  private void convert(int index, float[] token, TokenFormat other, byte[] rows, int byteOffset) {
    format.decode(data, index * format.bytes(token.length), token, 0, token.length);
    for (int channel = 0; channel < token.length; channel++) {
      if (other.overflows(token[channel])) {
        throw new IllegalArgumentException(
            "%s holds %s in channel %d, which is too large for %s and would become infinite: store the tokens as f32%s"
                .formatted(
                    shape.describe(index),
                    token[channel],
                    channel,
                    other.label(),
                    TokenFormat.BF16.overflows(token[channel]) ? "" : " or bf16"));
      }
    }
    other.encode(token, 0, token.length, rows, byteOffset);
  }

  private void requireInside(int[] index) {
    for (int i : index) {
      if (i < 0 || i >= shape.tokens()) {
        throw new IllegalArgumentException(
            "a selection of a block of %d tokens must hold indices 0 to %d; got %d"
                .formatted(shape.tokens(), shape.tokens() - 1, i));
      }
    }
  }
}
