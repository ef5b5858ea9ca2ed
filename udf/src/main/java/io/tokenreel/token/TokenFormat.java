package io.tokenreel.token;

import io.tokenreel.spec.UnknownWord;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How the channels of a token are stored, and the one class that knows how wide they are. All
 * formats are little-endian; arithmetic is always in float32 or wider. See {@link HalfPrecision}
 * for the rounding.
 */
public enum TokenFormat {
  F32("float32", 4, Float.POSITIVE_INFINITY),
  F16("float16", 2, 0x1.ffep15f),
  BF16("bfloat16", 2, 0x1.ffp127f);

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final String numpyName;
  private final int width;

  /** The smallest number that rounds to infinity, half a step above the largest finite one. */
  private final float overflow;

  TokenFormat(String numpyName, int width, float overflow) {
    this.numpyName = numpyName;
    this.width = width;
    this.overflow = overflow;
  }

  /**
   * Bytes of a row of so many channels.
   *
   * @throws ArithmeticException when they are more than an array holds
   */
  public int bytes(int channels) {
    return Math.multiplyExact(channels, width);
  }

  /** As {@link #bytes(int)}, of any number of channels. */
  public long bytes(long channels) {
    return Math.multiplyExact(channels, (long) width);
  }

  /**
   * Channels in so many bytes.
   *
   * @throws IllegalArgumentException when they are no whole number
   */
  public int channels(byte[] data) {
    if (data.length % width != 0) {
      throw new IllegalArgumentException(
          "%s data must hold a multiple of %d bytes; got %d"
              .formatted(label(), width, data.length));
    }
    return data.length / width;
  }

  /** Whether a finite number would be stored as infinity. */
  public boolean overflows(float value) {
    return Math.abs(value) >= overflow && Float.isFinite(value);
  }

  /**
   * The channels of stored rows; exact.
   *
   * @throws IllegalArgumentException when the bytes are no whole number of channels
   */
  public float[] decode(byte[] data) {
    float[] values = new float[channels(data)];
    decode(data, 0, values, 0, values.length);
    return values;
  }

  /**
   * Decodes {@code count} channels from {@code data[byteOffset]} on into {@code out[outOffset]} on;
   * exact.
   */
  public void decode(byte[] data, int byteOffset, float[] out, int outOffset, int count) {
    switch (this) {
      case F32 ->
          ByteBuffer.wrap(data, byteOffset, bytes(count))
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

  /** The stored form of floats, rounded to nearest even where it is narrower. */
  public byte[] encode(float[] values) {
    byte[] data = new byte[bytes(values.length)];
    encode(values, 0, values.length, data, 0);
    return data;
  }

  /**
   * Encodes {@code count} channels from {@code values[offset]} on into {@code data[byteOffset]} on,
   * rounded to nearest even where the format is narrower.
   */
  public void encode(float[] values, int offset, int count, byte[] data, int byteOffset) {
    switch (this) {
      case F32 ->
          ByteBuffer.wrap(data, byteOffset, bytes(count))
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
   * The name that tables, specs and the command line use: {@code f32}, {@code f16} or {@code bf16}.
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The labels of all. */
  public static List<String> labels() {
    return Stream.of(values()).map(TokenFormat::label).toList();
  }

  /** The names that numpy has for them, which {@link #of} takes as well. */
  public static List<String> numpyNames() {
    return Stream.of(values()).map(format -> format.numpyName).toList();
  }

  /**
   * The format of a label, or of numpy's name for it.
   *
   * @throws IllegalArgumentException for an unknown name; the message lists the known ones
   */
  public static TokenFormat of(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    UnknownWord.message(
                        "dtype",
                        name,
                        Stream.concat(labels().stream(), numpyNames().stream()).toList())));
  }

  /** As {@link #of}, empty for an unknown name. */
  public static Optional<TokenFormat> find(String name) {
    return Stream.of(values())
        .filter(format -> format.label().equals(name) || format.numpyName.equals(name))
        .findFirst();
  }
}
