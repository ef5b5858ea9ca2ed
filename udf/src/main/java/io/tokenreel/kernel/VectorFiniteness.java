package io.tokenreel.kernel;

import io.tokenreel.token.TokenFormat;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Whether stored channels are all finite, by their bits, in registers. */
final class VectorFiniteness {

  private static final VectorSpecies<Integer> WORDS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> HALVES = ShortVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;

  private VectorFiniteness() {}

  /**
   * Checks as many of {@code count} channels as fill whole registers.
   *
   * @return how many those are when all of them are finite, else 0
   */
  static int check(TokenFormat format, byte[] data, int byteOffset, int count) {
    int lanes =
        switch (format) {
          case F32 -> WORDS.length();
          case F16, BF16 -> HALVES.length();
          case INT8 -> 1;
          case FP8 -> BYTES.length();
        };
    int whole = count - count % lanes;
    boolean suspect =
        switch (format) {
          case F32 -> anyWordCarries(data, byteOffset, whole);
          case F16 -> anyHalfCarries(data, byteOffset, whole, (short) 0x0400);
          case BF16 -> anyHalfCarries(data, byteOffset, whole, (short) 0x0080);
          case INT8 -> false;
          case FP8 -> anyByteCarries(data, byteOffset, whole);
        };
    return suspect ? 0 : whole;
  }

  /**
   * Whether adding one unit of the exponent carries into the sign bit, which it does just when all
   * bits of the exponent are set: for NaN and infinity.
   */
  private static boolean anyWordCarries(byte[] data, int byteOffset, int count) {
    IntVector seen = IntVector.zero(WORDS);
    for (int i = 0; i < count; i += WORDS.length()) {
      IntVector word = VectorBytes.ints(WORDS, BYTES, data, byteOffset + i * 4);
      seen = seen.or(word.and(0x7fffffff).add(0x00800000));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }

  private static boolean anyHalfCarries(
      byte[] data, int byteOffset, int count, short exponentUnit) {
    ShortVector seen = ShortVector.zero(HALVES);
    for (int i = 0; i < count; i += HALVES.length()) {
      ShortVector half = VectorBytes.shorts(HALVES, BYTES, data, byteOffset + i * 2);
      seen = seen.or(half.and((short) 0x7fff).add(exponentUnit));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }

  /** Whether adding a unit carries into the sign bit, which it does for the NaN of E4M3 alone. */
  private static boolean anyByteCarries(byte[] data, int byteOffset, int count) {
    ByteVector seen = ByteVector.zero(BYTES);
    for (int i = 0; i < count; i += BYTES.length()) {
      ByteVector code = ByteVector.fromArray(BYTES, data, byteOffset + i);
      seen = seen.or(code.and((byte) 0x7f).add((byte) 1));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }
}
