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
   * @throws IllegalArgumentException when an index lies outside the block
   */
  public static CompressedTokens gather(TokenBlock block, Selection selection, TokenDtype dtype) {
    int dim = block.shape().dim();
    int[] index = selection.indices();
    requireInside(index, block.shape().tokens());
    int from = dim * block.dtype().bytes();
    int to = dim * dtype.bytes();
    byte[] data = new byte[Math.multiplyExact(index.length, to)];
    if (block.dtype() == dtype) {
      for (int row = 0; row < index.length; row++) {
        System.arraycopy(block.data(), index[row] * from, data, row * to, to);
      }
    } else {
      float[] token = new float[dim];
      for (int row = 0; row < index.length; row++) {
        decode(block.data(), index[row] * from, block.dtype(), token, 0, dim);
        encode(token, 0, dim, dtype, data, row * to);
      }
    }
    return new CompressedTokens(dim, dtype, index, data);
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
