package io.tokenreel.token;

/**
 * Single values between float32 and the two 16-bit formats: IEEE 754 binary16 ({@code f16}) and
 * bfloat16 ({@code bf16}). Narrowing rounds to nearest, ties to even; NaN stays NaN, infinity stays
 * infinity, and what is too large for binary16 becomes infinity, as in every array library.
 */
public final class HalfPrecision {

  /** Biased exponent of binary16 for infinity and NaN, in place. */
  private static final int F16_EXPONENT = 0x7c00;

  private static final int F32_EXPONENT = 0x7f800000;

  /** Moves a binary16 exponent, shifted into float32's place, from bias 15 to bias 127. */
  private static final float F16_REBIAS = 0x1p112f;

  /** The smallest float32 that rounds to binary16's infinity, 65520, as bits. */
  private static final int F16_OVERFLOW = 0x477ff000;

  /** The smallest normal binary16, 2^-14, as float32 bits. */
  private static final int F16_MIN_NORMAL = 0x38800000;

  private HalfPrecision() {}

  /** The value of a binary16; exact. */
  public static float fromF16(short bits) {
    int magnitude = bits & 0x7fff;
    int sign = (bits & 0x8000) << 16;
    if (magnitude >= F16_EXPONENT) {
      return Float.intBitsToFloat(sign | F32_EXPONENT | (magnitude & 0x3ff) << 13);
    }
    // The product is exact for normal and denormal numbers alike.
    float value = Float.intBitsToFloat(magnitude << 13) * F16_REBIAS;
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(value));
  }

  /** The nearest binary16, ties to even. */
  public static short toF16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > F32_EXPONENT) {
      // The quiet bit keeps a NaN whose payload sits in the dropped bits from becoming an infinity.
      return (short) (sign | F16_EXPONENT | 0x200 | (magnitude >>> 13 & 0x3ff));
    }
    if (magnitude >= F16_OVERFLOW) {
      return (short) (sign | F16_EXPONENT);
    }
    if (magnitude < F16_MIN_NORMAL) {
      // 2^-24 is one unit of a denormal binary16: adding 0.5 lets float32's own rounding place it.
      float rounded = Float.intBitsToFloat(magnitude) + 0.5f;
      return (short) (sign | Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(0.5f));
    }
    int roundToEven = 0xfff + (magnitude >>> 13 & 1);
    return (short) (sign | (magnitude - (112 << 23) + roundToEven) >>> 13);
  }

  /** The value of a bfloat16; exact. */
  public static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** The nearest bfloat16, ties to even. */
  public static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7fffffff) > F32_EXPONENT) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16);
  }
}
