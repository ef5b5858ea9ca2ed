package io.tokenreel.token;

/**
 * Single values between float32 and E4M3 of 8 bits: a sign, four bits of an exponent with bias 7
 * and three of a fraction, without infinities and with one NaN per sign (Open Compute Project, OCP
 * 8-bit Floating Point Specification, revision 1.0; {@code torch.float8_e4m3fn}).
 */
public final class Float8 {

  /** The largest finite value, {@code 0x7e}. */
  public static final float MAX = 448;

  private static final int LARGEST = 0x7e;
  private static final int NAN = 0x7f;
  private static final int F32_EXPONENT = 0x7f800000;

  /** Moves an exponent that is shifted into float32's place from bias 7 to bias 127. */
  private static final float REBIAS = 0x1p120f;

  /** The smallest normal value, 2^-6, as float32 bits. */
  private static final int MIN_NORMAL = 0x3c800000;

  /** A float32 of this size has units of 2^-9, which is one unit of a denormal value. */
  private static final float DENORMAL_UNITS = 0x1p14f;

  private Float8() {}

  /** The value of a code; exact. */
  public static float toFloat(byte code) {
    int magnitude = code & 0x7f;
    int sign = (code & 0x80) << 24;
    // The product is exact for normal and denormal numbers alike.
    int value = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude << 20) * REBIAS);
    return Float.intBitsToFloat(sign | (magnitude == NAN ? 0x7fc00000 : value));
  }

  /** The nearest code, ties to even; what is larger than {@link #MAX} becomes that, NaN stays. */
  public static byte ofFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 24 & 0x80;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > F32_EXPONENT) {
      return (byte) (sign | NAN);
    }
    if (magnitude < MIN_NORMAL) {
      // Float32's own rounding places a denormal value.
      float rounded = Float.intBitsToFloat(magnitude) + DENORMAL_UNITS;
      int units = Float.floatToRawIntBits(rounded) - Float.floatToRawIntBits(DENORMAL_UNITS);
      return (byte) (sign | units);
    }
    int roundToEven = 0x7ffff + (magnitude >>> 20 & 1);
    int rounded = (magnitude - (120 << 23) + roundToEven) >>> 20;
    return (byte) (sign | Math.min(LARGEST, rounded));
  }
}
