package io.tokenreel.token;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Stored tokens to floats and back, and the selected rows of a block. All stored forms are
 * little-endian; see {@link HalfPrecision} for the rounding.
 */
public final class TokenCodec {

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private TokenCodec() {}

  /** The channels of a stored array; exact for every dtype. */
  public static float[] decode(byte[] data, TokenDtype dtype) {
    if (data.length % dtype.bytes() != 0) {
      throw new IllegalArgumentException(
          "%s data must hold a multiple of %d bytes; got %d"
              .formatted(dtype.label(), dtype.bytes(), data.length));
    }
    float[] values = new float[data.length / dtype.bytes()];
    decode(data, 0, dtype, values, 0, values.length);
    return values;
  }

  /**
   * Decodes {@code count} channels from {@code data[byteOffset]} on into {@code out[outOffset]} on.
   */
  public static void decode(
      byte[] data, int byteOffset, TokenDtype dtype, float[] out, int outOffset, int count) {
    switch (dtype) {
      case F32 ->
          ByteBuffer.wrap(data, byteOffset, count * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .get(out, outOffset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[outOffset + i] = HalfPrecision.fromF16((short) SHORTS.get(data, byteOffset + 2 * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out[outOffset + i] = HalfPrecision.fromBf16((short) SHORTS.get(data, byteOffset + 2 * i));
        }
      }
    }
  }

  /** The stored form of floats, rounded to nearest even where the dtype is narrower. */
  public static byte[] encode(float[] values, TokenDtype dtype) {
    byte[] data = new byte[Math.multiplyExact(values.length, dtype.bytes())];
    encode(values, 0, values.length, dtype, data, 0);
    return data;
  }

  private static void encode(
      float[] values, int offset, int count, TokenDtype dtype, byte[] data, int byteOffset) {
    switch (dtype) {
      case F32 ->
          ByteBuffer.wrap(data, byteOffset, count * Float.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .asFloatBuffer()
              .put(values, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          SHORTS.set(data, byteOffset + 2 * i, HalfPrecision.toF16(values[offset + i]));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          SHORTS.set(data, byteOffset + 2 * i, HalfPrecision.toBf16(values[offset + i]));
        }
      }
    }
  }

  /**
   * The rows of a block that a selection keeps, in the selection's order. The block's own dtype is
   * a plain copy of bytes; another one goes through float32, one row at a time.
   *
   * @throws IllegalArgumentException when an index lies outside the block, or naming the first
   *     token with a number too large for the dtype
   */
  public static CompressedTokens gather(TokenBlock block, Selection selection, TokenDtype dtype) {
    int dim = block.shape().dim();
    int[] index = selection.indices();
    requireInside(index, block.shape().tokens());
    int bytes = dim * dtype.bytes();
    byte[] data = new byte[Math.multiplyExact(index.length, bytes)];
    if (block.dtype() == dtype) {
      for (int row = 0; row < index.length; row++) {
        System.arraycopy(block.data(), index[row] * bytes, data, row * bytes, bytes);
      }
    } else {
      float[] token = new float[dim];
      for (int row = 0; row < index.length; row++) {
        convert(block, index[row], token, dtype, data, row * bytes);
      }
    }
    return new CompressedTokens(dim, dtype, index, data);
  }

  /** All tokens of a block in another dtype, checked as {@link #gather} does. */
  static byte[] converted(TokenBlock block, TokenDtype dtype) {
    float[] token = new float[block.shape().dim()];
    int bytes = token.length * dtype.bytes();
    byte[] data = new byte[Math.multiplyExact(block.shape().tokens(), bytes)];
    for (int i = 0; i < block.shape().tokens(); i++) {
      convert(block, i, token, dtype, data, i * bytes);
    }
    return data;
  }

  /**
   * Writes one token in another dtype.
   *
   * @param token [dim], scratch space
   */
  private static void convert(
      TokenBlock block, int index, float[] token, TokenDtype dtype, byte[] data, int byteOffset) {
    int from = index * token.length * block.dtype().bytes();
    decode(block.data(), from, block.dtype(), token, 0, token.length);
    for (int channel = 0; channel < token.length; channel++) {
      if (dtype.overflows(token[channel])) {
        int perFrame = block.shape().tokensPerFrame();
        throw new IllegalArgumentException(
            "token (frame %d, token %d) holds %s in channel %d, which is too large for %s and would become infinite: store the tokens as f32%s"
                .formatted(
                    index / perFrame,
                    index % perFrame,
                    token[channel],
                    channel,
                    dtype.label(),
                    TokenDtype.BF16.overflows(token[channel]) ? "" : " or bf16"));
      }
    }
    encode(token, 0, token.length, dtype, data, byteOffset);
  }

  private static void requireInside(int[] index, int tokens) {
    for (int i : index) {
      if (i < 0 || i >= tokens) {
        throw new IllegalArgumentException(
            "a selection of a block of %d tokens must hold indices 0 to %d; got %d"
                .formatted(tokens, tokens - 1, i));
      }
    }
  }
}
