package io.tokenreel.kernel;

import io.tokenreel.token.Float8;
import io.tokenreel.token.HalfPrecision;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Channels of 16 bits to float32 in registers, exact; and codes of 8 bits times their row's scale.
 */
final class VectorWidening {

  private static final VectorSpecies<Integer> WORDS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = WORDS.length();
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, WORDS.vectorShape());

  /** As many shorts as ints fit a register. */
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(LANES * Short.SIZE));

  private static final VectorSpecies<Byte> HALF_BYTES = VectorBytes.of(HALVES);

  /** Bytes of a register of 64 bits or wider: where ints fill 128 bits, half of them are read. */
  private static final VectorSpecies<Byte> CODES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));

  private VectorWidening() {}

  /**
   * Widens as many of the rows' channels as fill whole registers.
   *
   * @param rows [count of rows], which of the stored rows
   * @return how many that were
   */
  static int widen(StoredRows stored, int[] rows, RowBatch into) {
    byte[] data = stored.data();
    int channels = stored.channels();
    int lanes = stored.format().scaled() ? CODES.length() : LANES;
    int whole = channels - channels % lanes;
    int[] from = new int[into.count]; // byte at which each row starts
    for (int r = 0; r < from.length; r++) {
      from[r] = rows[r] * stored.format().bytes(channels);
    }
    if (stored.format() == TokenFormat.BF16) {
      for (int r = 0; r < into.count; r += VectorKernels.ABREAST) {
        fromBf16(data, from, r, whole, into);
      }
      return whole;
    }
    for (int r = 0; r < into.count; r++) {
      byte[] out = into.data;
      int to = into.offsets[r];
      float scale = stored.scale(rows[r]);
      switch (stored.format()) {
        case F16 -> fromF16(data, from[r], out, to, whole);
        case INT8 -> fromInt8(data, from[r], scale, out, to, whole);
        case FP8 -> fromFp8(data, from[r], scale, out, to, whole);
        default -> System.arraycopy(data, from[r], out, to, whole * Float.BYTES);
      }
    }
    return whole;
  }

  /** Eight rows side by side, the last one again where fewer are left. */
  private static void fromBf16(byte[] data, int[] from, int r, int count, RowBatch into) {
    byte[] out = into.data;
    int[] offsets = into.offsets;
    int last = into.count - 1;
    int from0 = from[r];
    int from1 = from[Math.min(r + 1, last)];
    int from2 = from[Math.min(r + 2, last)];
    int from3 = from[Math.min(r + 3, last)];
    int from4 = from[Math.min(r + 4, last)];
    int from5 = from[Math.min(r + 5, last)];
    int from6 = from[Math.min(r + 6, last)];
    int from7 = from[Math.min(r + 7, last)];
    int to0 = offsets[r];
    int to1 = offsets[Math.min(r + 1, last)];
    int to2 = offsets[Math.min(r + 2, last)];
    int to3 = offsets[Math.min(r + 3, last)];
    int to4 = offsets[Math.min(r + 4, last)];
    int to5 = offsets[Math.min(r + 5, last)];
    int to6 = offsets[Math.min(r + 6, last)];
    int to7 = offsets[Math.min(r + 7, last)];
    for (int i = 0; i < count; i += LANES) {
      fromBf16(data, from0 + i * Short.BYTES, out, to0 + i * Float.BYTES);
      fromBf16(data, from1 + i * Short.BYTES, out, to1 + i * Float.BYTES);
      fromBf16(data, from2 + i * Short.BYTES, out, to2 + i * Float.BYTES);
      fromBf16(data, from3 + i * Short.BYTES, out, to3 + i * Float.BYTES);
      fromBf16(data, from4 + i * Short.BYTES, out, to4 + i * Float.BYTES);
      fromBf16(data, from5 + i * Short.BYTES, out, to5 + i * Float.BYTES);
      fromBf16(data, from6 + i * Short.BYTES, out, to6 + i * Float.BYTES);
      fromBf16(data, from7 + i * Short.BYTES, out, to7 + i * Float.BYTES);
    }
  }

  private static void fromBf16(byte[] data, int from, byte[] out, int to) {
    VectorBytes.put(words(data, from).lanewise(VectorOperators.LSHL, 16), out, to);
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
      IntVector widened =
          bits.and(0x8000).lanewise(VectorOperators.LSHL, 16).or(magnitude).or(nonFinite);
      VectorBytes.put(widened, out, outOffset + i * Float.BYTES);
    }
  }

  private static void fromInt8(
      byte[] data, int byteOffset, float scale, byte[] out, int outOffset, int count) {
    for (int i = 0; i < count; i += CODES.length()) {
      ByteVector codes = ByteVector.fromArray(CODES, data, byteOffset + i);
      for (int part = 0; part * LANES < CODES.length(); part++) {
        int to = outOffset + (i + part * LANES) * Float.BYTES;
        FloatVector numbers = (FloatVector) codes.convertShape(VectorOperators.B2F, FLOATS, part);
        VectorBytes.put(numbers.mul(scale), out, to);
      }
    }
  }

  /** As {@link Float8#toFloat}; for NaN the bits of its exponent are set here. */
  private static void fromFp8(
      byte[] data, int byteOffset, float scale, byte[] out, int outOffset, int count) {
    for (int i = 0; i < count; i += CODES.length()) {
      ByteVector codes = ByteVector.fromArray(CODES, data, byteOffset + i);
      for (int part = 0; part * LANES < CODES.length(); part++) {
        IntVector bits = (IntVector) codes.convertShape(VectorOperators.B2I, WORDS, part);
        IntVector small = bits.and(0x7f);
        IntVector nan =
            IntVector.broadcast(WORDS, 0x7e)
                .sub(small)
                .lanewise(VectorOperators.ASHR, 31)
                .and(0x7fc00000);
        IntVector magnitude =
            small
                .lanewise(VectorOperators.LSHL, 20)
                .reinterpretAsFloats()
                .mul(0x1p120f)
                .reinterpretAsInts();
        int to = outOffset + (i + part * LANES) * Float.BYTES;
        IntVector number = bits.and(0x80).lanewise(VectorOperators.LSHL, 24).or(magnitude).or(nan);
        VectorBytes.put(number.reinterpretAsFloats().mul(scale), out, to);
      }
    }
  }

  private static IntVector words(byte[] data, int byteOffset) {
    return (IntVector)
        VectorBytes.shorts(HALVES, HALF_BYTES, data, byteOffset)
            .convertShape(VectorOperators.S2I, WORDS, 0);
  }
}
