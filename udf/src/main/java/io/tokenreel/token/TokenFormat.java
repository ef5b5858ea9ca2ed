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
 * and {@link Float8} for the rounding.
 *
 * <p>Formats of 8 bits have scales: each plane of a token is stored with one float32 scale, its
 * largest magnitude over the largest code, and a code times the scale is the channel. Quotient and
 * product are float32's, rounded to nearest even, so that any library of arrays gives the same
 * bytes. A plane of zeros has the scale 0. {@link StoredRows} holds codes and scales together.
 */
public enum TokenFormat {
  F32("float32", 4, Float.POSITIVE_INFINITY, 0),
  F16("float16", 2, 0x1.ffep15f, 0),
  BF16("bfloat16", 2, 0x1.ffp127f, 0),

  /** Whole numbers from -127 to 127 with scales, symmetric. */
  INT8("int8", 1, Float.MAX_VALUE, 127),

  /** The OCP's E4M3 of 8 bits with scales, torch's float8_e4m3fn. */
  FP8("float8_e4m3fn", 1, Float.POSITIVE_INFINITY, Float8.MAX);

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final String numpyName;
  private final int width;

  /** The smallest number that is read as infinity. */
  private final float overflow;

  /** The largest code of a format with scales; 0 for the others. */
  private final float largest;

  TokenFormat(String numpyName, int width, float overflow, float largest) {
    this.numpyName = numpyName;
    this.width = width;
    this.overflow = overflow;
    this.largest = largest;
  }

  /** Whether each plane of a token has a scale. */
  public boolean scaled() {
    return largest > 0;
  }

  /** Bytes of a plane's scale; 0 for a format without. */
  public int scaleBytes() {
    return scaled() ? Float.BYTES : 0;
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

  /** This format, or f32 in place of one with scales: of rows that stand alone. */
  public TokenFormat withoutScales() {
    return scaled() ? F32 : this;
  }

  /** Bytes of a block, with its scales. */
  public long bytes(TokenShape shape) {
    long planes = (long) shape.tokens() * shape.planes();
    return Math.addExact(bytes(shape.elements()), planes * scaleBytes());
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

  /** Whether a finite number would be read as infinity. */
  public boolean overflows(float value) {
    return Math.abs(value) >= overflow && Float.isFinite(value);
  }

  /**
   * Whether a number can be stored: a finite one that stays finite, and in a format without scales
   * an infinity or a NaN, too.
   */
  public boolean takes(float value) {
    return Float.isFinite(value) ? !overflows(value) : !scaled();
  }

  /** Whether every code times this scale is finite. */
  public boolean staysFinite(float scale) {
    return Float.isFinite(scale * largest);
  }

  /**
   * The scale of a plane: its largest magnitude over the largest code; 1 for a format without
   * scales.
   *
   * @param values {@code count} of them from {@code offset} on
   * @throws IllegalArgumentException when the format has scales and {@link #takes} not all of them
   */
  float scale(float[] values, int offset, int count) {
    if (!scaled()) {
      return 1;
    }
    float max = 0;
    for (int i = offset; i < offset + count; i++) {
      max = Math.max(max, Math.abs(values[i]));
    }
    if (!staysFinite(max / largest)) {
      throw new IllegalArgumentException(
          "%s stores numbers whose scale times %s is finite; got a row with %s: store it as f32"
              .formatted(label(), largest, max));
    }
    return max / largest;
  }

  /**
   * The channels of rows stored without scales; exact.
   *
   * @throws IllegalArgumentException when the bytes are no whole number of channels, or the format
   *     has scales, see {@link StoredRows#decode()}
   */
  public float[] decode(byte[] data) {
    float[] values = new float[channels(data)];
    decode(data, 0, values, 0, values.length);
    return values;
  }

  /**
   * Decodes {@code count} channels from {@code data[byteOffset]} on into {@code out[outOffset]} on;
   * exact.
   *
   * @throws IllegalArgumentException when the format has scales
   */
  public void decode(byte[] data, int byteOffset, float[] out, int outOffset, int count) {
    requireUnscaled();
    decode(data, byteOffset, 1, out, outOffset, count);
  }

  /**
   * Decodes {@code count} channels of one plane.
   *
   * @param scale the plane's, by which its codes are multiplied; unused in a format without scales
   */
  public void decode(
      byte[] data, int byteOffset, float scale, float[] out, int outOffset, int count) {
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
      case INT8 -> {
        for (int i = 0; i < count; i++) {
          out[outOffset + i] = data[byteOffset + i] * scale;
        }
      }
      case FP8 -> {
        for (int i = 0; i < count; i++) {
          out[outOffset + i] = Float8.toFloat(data[byteOffset + i]) * scale;
        }
      }
    }
  }

  /**
   * The stored form of floats, rounded to nearest even where it is narrower.
   *
   * @throws IllegalArgumentException when the format has scales, see {@link StoredRows#of}
   */
  public byte[] encode(float[] values) {
    byte[] data = new byte[bytes(values.length)];
    encode(values, 0, values.length, data, 0);
    return data;
  }

  /**
   * Encodes {@code count} channels from {@code values[offset]} on into {@code data[byteOffset]} on,
   * rounded to nearest even where the format is narrower.
   *
   * @throws IllegalArgumentException when the format has scales
   */
  public void encode(float[] values, int offset, int count, byte[] data, int byteOffset) {
    requireUnscaled();
    encode(values, offset, count, 1, data, byteOffset);
  }

  /**
   * Encodes the channels of one plane.
   *
   * @param scale of these channels, by which they are divided; unused in a format without scales
   */
  void encode(float[] values, int offset, int count, float scale, byte[] data, int byteOffset) {
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
      case INT8 -> {
        float divisor = divisor(scale);
        for (int i = 0; i < count; i++) {
          data[byteOffset + i] = wholeNumber(values[offset + i] / divisor);
        }
      }
      case FP8 -> {
        float divisor = divisor(scale);
        for (int i = 0; i < count; i++) {
          data[byteOffset + i] = Float8.ofFloat(values[offset + i] / divisor);
        }
      }
    }
  }

  /** Channels of a plane whose scale is 0 are stored as 0. */
  private static float divisor(float scale) {
    return scale == 0 ? Float.POSITIVE_INFINITY : scale;
  }

  /** The nearest of -127 to 127, ties to even: a sum of this size has no digits after the point. */
  private static byte wholeNumber(float value) {
    float within = Math.max(-127f, Math.min(127f, value));
    return (byte) Float.floatToRawIntBits(within + 0x1.8p23f);
  }

  private void requireUnscaled() {
    if (scaled()) {
      throw new IllegalArgumentException(
          "%s is stored with scales: use StoredRows, which has them".formatted(label()));
    }
  }

  /**
   * The name that tables, specs and the command line use: {@code f32}, {@code f16}, {@code bf16},
   * {@code int8} or {@code fp8}.
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
                        Stream.concat(labels().stream(), numpyNames().stream())
                            .distinct()
                            .toList())));
  }

  /** As {@link #of}, empty for an unknown name. */
  public static Optional<TokenFormat> find(String name) {
    return Stream.of(values())
        .filter(format -> format.label().equals(name) || format.numpyName.equals(name))
        .findFirst();
  }
}
