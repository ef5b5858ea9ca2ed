package io.tokenreel.kernel;

import io.tokenreel.token.HalfPrecision;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import java.nio.ByteOrder;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarKernels} in registers of 128, 256 or 512 bits, with the same bits as result.
 *
 * <p>Channels lie across lanes, so a sum over rows keeps its order by itself. A sum over channels
 * fills one register's worth of {@link Stripes} at a time, in as many walks over the (cached) row
 * as there are registers in sixteen stripes; four rows go side by side to hide the latency of the
 * additions.
 */
public final class VectorKernels implements Kernels {

  /** At most the sixteen stripes' width; the platforms at hand have 512 bits at most. */
  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(
          double.class,
          VectorShape.forBitSize(Math.min(512, DoubleVector.SPECIES_PREFERRED.vectorBitSize())));

  private static final int LANES = DOUBLES.length();

  /** As many floats as doubles fit a register. */
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(LANES * Float.SIZE));

  /** Full registers, for reading stored channels. */
  private static final VectorSpecies<Integer> WORDS =
      VectorSpecies.of(int.class, DOUBLES.vectorShape());

  private static final int WORD_LANES = WORDS.length();

  /** As many shorts as ints fit a register. */
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(WORD_LANES * Short.SIZE));

  private static final int ROWS_ABREAST = 4;

  /** Bits of a register in use. */
  int bits() {
    return DOUBLES.vectorBitSize();
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int firstNonFinite(TokenDtype dtype, byte[] data, int byteOffset, int count) {
    int whole = count - count % WORD_LANES;
    boolean suspect =
        switch (dtype) {
          case F32 -> anyCarries(data, byteOffset, whole, 0x7fffffff, 0x00800000);
          case F16 -> anyHalfCarries(data, byteOffset, whole, 0x0400);
          case BF16 -> anyHalfCarries(data, byteOffset, whole, 0x0080);
        };
    int checked = suspect ? 0 : whole;
    int found =
        SCALAR.firstNonFinite(dtype, data, byteOffset + checked * dtype.bytes(), count - checked);
    return found < 0 ? found : checked + found;
  }

  private static final ScalarKernels SCALAR = new ScalarKernels();

  /**
   * Whether adding one unit of the exponent carries into the sign bit, which it does just when all
   * bits of the exponent are set: for NaN and infinity.
   */
  private static boolean anyCarries(
      byte[] data, int byteOffset, int count, int magnitude, int exponentUnit) {
    IntVector seen = IntVector.zero(WORDS);
    for (int i = 0; i < count; i += WORD_LANES) {
      seen =
          seen.or(
              IntVector.fromByteArray(
                      WORDS, data, byteOffset + i * Integer.BYTES, ByteOrder.LITTLE_ENDIAN)
                  .and(magnitude)
                  .add(exponentUnit));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }

  private static boolean anyHalfCarries(byte[] data, int byteOffset, int count, int exponentUnit) {
    ShortVector seen = ShortVector.zero(HALVES);
    for (int i = 0; i < count; i += WORD_LANES) {
      seen =
          seen.or(
              halves(data, byteOffset + i * Short.BYTES)
                  .and((short) 0x7fff)
                  .add((short) exponentUnit));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }

  private static ShortVector halves(byte[] data, int byteOffset) {
    return ShortVector.fromByteArray(HALVES, data, byteOffset, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void widen(
      TokenDtype dtype, byte[] data, int byteOffset, float[] out, int outOffset, int count) {
    switch (dtype) {
      case F32 -> TokenCodec.decode(data, byteOffset, dtype, out, outOffset, count);
      case F16 -> widenF16(data, byteOffset, out, outOffset, count);
      case BF16 -> widenBf16(data, byteOffset, out, outOffset, count);
    }
  }

  private static void widenBf16(
      byte[] data, int byteOffset, float[] out, int outOffset, int count) {
    int whole = count - count % WORD_LANES;
    for (int i = 0; i < whole; i += WORD_LANES) {
      words(data, byteOffset + i * Short.BYTES)
          .lanewise(VectorOperators.LSHL, 16)
          .reinterpretAsFloats()
          .intoArray(out, outOffset + i);
    }
    widenRest(TokenDtype.BF16, data, byteOffset, out, outOffset, whole, count);
  }

  /** As {@link HalfPrecision#fromF16}, for finite values. */
  private static void widenF16(byte[] data, int byteOffset, float[] out, int outOffset, int count) {
    int whole = count - count % WORD_LANES;
    for (int i = 0; i < whole; i += WORD_LANES) {
      IntVector word = words(data, byteOffset + i * Short.BYTES);
      IntVector magnitude =
          word.and(0x7fff)
              .lanewise(VectorOperators.LSHL, 13)
              .reinterpretAsFloats()
              .mul(0x1p112f)
              .reinterpretAsInts();
      word.and(0x8000)
          .lanewise(VectorOperators.LSHL, 16)
          .or(magnitude)
          .reinterpretAsFloats()
          .intoArray(out, outOffset + i);
    }
    widenRest(TokenDtype.F16, data, byteOffset, out, outOffset, whole, count);
  }

  private static void widenRest(
      TokenDtype dtype,
      byte[] data,
      int byteOffset,
      float[] out,
      int outOffset,
      int done,
      int count) {
    TokenCodec.decode(
        data, byteOffset + done * dtype.bytes(), dtype, out, outOffset + done, count - done);
  }

  private static IntVector words(byte[] data, int byteOffset) {
    return (IntVector) halves(data, byteOffset).convertShape(VectorOperators.S2I, WORDS, 0);
  }

  private static DoubleVector widened(float[] rows, int offset) {
    return (DoubleVector)
        FloatVector.fromArray(FLOATS, rows, offset).convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  private static DoubleVector doubles(double[] values, int offset) {
    return DoubleVector.fromArray(DOUBLES, values, offset);
  }

  @Override
  public void addMoments(
      float[] rows, int count, int width, float[] shift, double[] sum, double[] squares) {
    for (int i = 0; i < width; i += LANES) {
      DoubleVector origin = widened(shift, i);
      DoubleVector total = doubles(sum, i);
      DoubleVector square = doubles(squares, i);
      for (int at = i; at < count * width; at += width) {
        DoubleVector x = widened(rows, at).sub(origin);
        total = total.add(x);
        square = square.add(x.mul(x));
      }
      total.intoArray(sum, i);
      square.intoArray(squares, i);
    }
  }

  @Override
  public void addScaled(float[] rows, int count, int width, double[] scales, double[] sum) {
    for (int i = 0; i < width; i += LANES) {
      DoubleVector total = doubles(sum, i);
      for (int r = 0; r < count; r++) {
        total = total.add(widened(rows, r * width + i).mul(scales[r]));
      }
      total.intoArray(sum, i);
    }
  }

  @Override
  public void weightedSquares(float[] rows, int count, int width, double[] weights, double[] out) {
    double[] stripes = new double[ROWS_ABREAST * Stripes.COUNT];
    for (int r = 0; r < count; r += ROWS_ABREAST) {
      int row0 = r * width;
      int row1 = Math.min(r + 1, count - 1) * width;
      int row2 = Math.min(r + 2, count - 1) * width;
      int row3 = Math.min(r + 3, count - 1) * width;
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (int i = stripe; i < width; i += Stripes.COUNT) {
          DoubleVector weight = doubles(weights, i);
          DoubleVector x0 = widened(rows, row0 + i);
          DoubleVector x1 = widened(rows, row1 + i);
          DoubleVector x2 = widened(rows, row2 + i);
          DoubleVector x3 = widened(rows, row3 + i);
          sum0 = sum0.add(x0.mul(x0).mul(weight));
          sum1 = sum1.add(x1.mul(x1).mul(weight));
          sum2 = sum2.add(x2.mul(x2).mul(weight));
          sum3 = sum3.add(x3.mul(x3).mul(weight));
        }
        store(sum0, sum1, sum2, sum3, stripes, stripe);
      }
      total(stripes, out, r, count);
    }
  }

  @Override
  public void dots(float[] rows, int count, int width, double[] weights, double[] out) {
    double[] stripes = new double[ROWS_ABREAST * Stripes.COUNT];
    for (int r = 0; r < count; r += ROWS_ABREAST) {
      int row0 = r * width;
      int row1 = Math.min(r + 1, count - 1) * width;
      int row2 = Math.min(r + 2, count - 1) * width;
      int row3 = Math.min(r + 3, count - 1) * width;
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (int i = stripe; i < width; i += Stripes.COUNT) {
          DoubleVector weight = doubles(weights, i);
          sum0 = sum0.add(widened(rows, row0 + i).mul(weight));
          sum1 = sum1.add(widened(rows, row1 + i).mul(weight));
          sum2 = sum2.add(widened(rows, row2 + i).mul(weight));
          sum3 = sum3.add(widened(rows, row3 + i).mul(weight));
        }
        store(sum0, sum1, sum2, sum3, stripes, stripe);
      }
      total(stripes, out, r, count);
    }
  }

  @Override
  public void pairDots(float[] rows, float[] others, int count, int width, double[] out) {
    double[] stripes = new double[ROWS_ABREAST * Stripes.COUNT];
    for (int r = 0; r < count; r += ROWS_ABREAST) {
      int row0 = r * width;
      int row1 = Math.min(r + 1, count - 1) * width;
      int row2 = Math.min(r + 2, count - 1) * width;
      int row3 = Math.min(r + 3, count - 1) * width;
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (int i = stripe; i < width; i += Stripes.COUNT) {
          sum0 = sum0.add(widened(rows, row0 + i).mul(widened(others, row0 + i)));
          sum1 = sum1.add(widened(rows, row1 + i).mul(widened(others, row1 + i)));
          sum2 = sum2.add(widened(rows, row2 + i).mul(widened(others, row2 + i)));
          sum3 = sum3.add(widened(rows, row3 + i).mul(widened(others, row3 + i)));
        }
        store(sum0, sum1, sum2, sum3, stripes, stripe);
      }
      total(stripes, out, r, count);
    }
  }

  private static void store(
      DoubleVector sum0,
      DoubleVector sum1,
      DoubleVector sum2,
      DoubleVector sum3,
      double[] stripes,
      int stripe) {
    sum0.intoArray(stripes, stripe);
    sum1.intoArray(stripes, Stripes.COUNT + stripe);
    sum2.intoArray(stripes, 2 * Stripes.COUNT + stripe);
    sum3.intoArray(stripes, 3 * Stripes.COUNT + stripe);
  }

  /** Adds the stripes of the rows from {@code first} on up; rows beyond {@code count} are spare. */
  private static void total(double[] stripes, double[] out, int first, int count) {
    for (int r = 0; r < Math.min(ROWS_ABREAST, count - first); r++) {
      out[first + r] = Stripes.total(stripes, r * Stripes.COUNT);
    }
  }
}
