package io.tokenreel.kernel;

import io.tokenreel.token.HalfPrecision;
import io.tokenreel.token.TokenDtype;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Channels of 16 bits to float32 in registers; exact. */
final class VectorWidening {

  private static final VectorSpecies<Integer> WORDS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = WORDS.length();

  /** As many shorts as ints fit a register. */
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(LANES * Short.SIZE));

  private VectorWidening() {}

  /**
   * Widens as many of {@code count} channels as fill whole registers.
   *
   * @return how many that were
   */
  static int widen(
      TokenDtype dtype, byte[] data, int byteOffset, byte[] out, int outOffset, int count) {
    int whole = count - count % LANES;
    switch (dtype) {
      case F16 -> fromF16(data, byteOffset, out, outOffset, whole);
      case BF16 -> fromBf16(data, byteOffset, out, outOffset, whole);
      case F32 -> System.arraycopy(data, byteOffset, out, outOffset, whole * Float.BYTES);
    }
    return whole;
  }

  private static void fromBf16(byte[] data, int byteOffset, byte[] out, int outOffset, int count) {
    for (int i = 0; i < count; i += LANES) {
      words(data, byteOffset + i * Short.BYTES)
          .lanewise(VectorOperators.LSHL, 16)
          .intoByteArray(out, outOffset + i * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * As {@link HalfPrecision#fromF16}. For infinity and NaN the product lacks the three bits of the
   * exponent that are set here.
   */
  private static void fromF16(byte[] data, int byteOffset, byte[] out, int outOffset, int count) {
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = words(data, byteOffset + i * Short.BYTES);
      IntVector small = bits.and(0x7fff);
      IntVector nonFinite =
          IntVector.broadcast(WORDS, 0x7bff)
              .sub(small)
              .lanewise(VectorOperators.ASHR, 31)
              .and(0x38000000);
      IntVector magnitude =
          small
              .lanewise(VectorOperators.LSHL, 13)
              .reinterpretAsFloats()
              .mul(0x1p112f)
              .reinterpretAsInts();
      bits.and(0x8000)
          .lanewise(VectorOperators.LSHL, 16)
          .or(magnitude)
          .or(nonFinite)
          .intoByteArray(out, outOffset + i * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static IntVector words(byte[] data, int byteOffset) {
    return (IntVector)
        ShortVector.fromByteArray(HALVES, data, byteOffset, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.S2I, WORDS, 0);
  }
}
