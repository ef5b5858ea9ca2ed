package io.tokenreel.kernel;

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
 * additions, the last one again where fewer are left. What a loop needs of a batch is in locals: C2
 * made code five times slower of the same loops over fields.
 */
public final class VectorKernels implements Kernels {

  /**
   * At most 512 bits: the sixteen stripes are two such registers, and no machine has wider ones.
   */
  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(
          double.class,
          VectorShape.forBitSize(Math.min(512, DoubleVector.SPECIES_PREFERRED.vectorBitSize())));

  private static final int LANES = DOUBLES.length();

  /** As many floats as doubles fit a register. */
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(LANES * Float.SIZE));

  private static final VectorSpecies<Integer> WORDS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> HALVES = ShortVector.SPECIES_PREFERRED;
  private static final ScalarKernels SCALAR = new ScalarKernels();
  private static final int ABREAST = 4;

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
    int lanes = dtype == TokenDtype.F32 ? WORDS.length() : HALVES.length();
    int whole = count - count % lanes;
    boolean suspect =
        switch (dtype) {
          case F32 -> anyWordCarries(data, byteOffset, whole);
          case F16 -> anyHalfCarries(data, byteOffset, whole, (short) 0x0400);
          case BF16 -> anyHalfCarries(data, byteOffset, whole, (short) 0x0080);
        };
    int checked = suspect ? 0 : whole;
    int found =
        SCALAR.firstNonFinite(dtype, data, byteOffset + checked * dtype.bytes(), count - checked);
    return found < 0 ? found : checked + found;
  }

  /**
   * Whether adding one unit of the exponent carries into the sign bit, which it does just when all
   * bits of the exponent are set: for NaN and infinity.
   */
  private static boolean anyWordCarries(byte[] data, int byteOffset, int count) {
    IntVector seen = IntVector.zero(WORDS);
    for (int i = 0; i < count; i += WORDS.length()) {
      IntVector word =
          IntVector.fromByteArray(WORDS, data, byteOffset + i * 4, ByteOrder.LITTLE_ENDIAN);
      seen = seen.or(word.and(0x7fffffff).add(0x00800000));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }

  private static boolean anyHalfCarries(
      byte[] data, int byteOffset, int count, short exponentUnit) {
    ShortVector seen = ShortVector.zero(HALVES);
    for (int i = 0; i < count; i += HALVES.length()) {
      ShortVector half =
          ShortVector.fromByteArray(HALVES, data, byteOffset + i * 2, ByteOrder.LITTLE_ENDIAN);
      seen = seen.or(half.and((short) 0x7fff).add(exponentUnit));
    }
    return seen.reduceLanes(VectorOperators.OR) < 0;
  }

  @Override
  public void widen(
      TokenDtype dtype, byte[] data, int byteOffset, byte[] out, int outOffset, int count) {
    int done = VectorWidening.widen(dtype, data, byteOffset, out, outOffset, count);
    if (done < count) {
      int from = byteOffset + done * dtype.bytes();
      SCALAR.widen(dtype, data, from, out, outOffset + done * Float.BYTES, count - done);
    }
  }

  /** Channels {@code i} to {@code i + LANES - 1} of the row that starts at byte {@code row}. */
  private static DoubleVector load(byte[] data, int row, int i) {
    return (DoubleVector)
        FloatVector.fromByteArray(FLOATS, data, row + i * Float.BYTES, ByteOrder.LITTLE_ENDIAN)
            .convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  private static DoubleVector doubles(double[] values, int offset) {
    return DoubleVector.fromArray(DOUBLES, values, offset);
  }

  @Override
  public void addMoments(RowBatch rows, double[] shift, double[] sum, double[] squares) {
    byte[] data = rows.data;
    int[] offsets = rows.offsets;
    int count = rows.count;
    for (int i = 0; i < rows.width; i += LANES) {
      DoubleVector origin = doubles(shift, i);
      DoubleVector total = doubles(sum, i);
      DoubleVector square = doubles(squares, i);
      for (int r = 0; r < count; r++) {
        DoubleVector x = load(data, offsets[r], i).sub(origin);
        total = total.add(x);
        square = square.add(x.mul(x));
      }
      total.intoArray(sum, i);
      square.intoArray(squares, i);
    }
  }

  @Override
  public void addScaled(RowBatch rows, double[] scales, double[] sum) {
    byte[] data = rows.data;
    int[] offsets = rows.offsets;
    int count = rows.count;
    for (int i = 0; i < rows.width; i += LANES) {
      DoubleVector total = doubles(sum, i);
      for (int r = 0; r < count; r++) {
        total = total.add(load(data, offsets[r], i).mul(scales[r]));
      }
      total.intoArray(sum, i);
    }
  }

  @Override
  public void weightedSquares(RowBatch rows, double[] weights, double[] out) {
    byte[] data = rows.data;
    int width = rows.width;
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      int row0 = rows.offsets[r];
      int row1 = rows.offsets[Math.min(r + 1, rows.count - 1)];
      int row2 = rows.offsets[Math.min(r + 2, rows.count - 1)];
      int row3 = rows.offsets[Math.min(r + 3, rows.count - 1)];
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (int i = stripe; i < width; i += Stripes.COUNT) {
          DoubleVector weight = doubles(weights, i);
          DoubleVector x0 = load(data, row0, i);
          DoubleVector x1 = load(data, row1, i);
          DoubleVector x2 = load(data, row2, i);
          DoubleVector x3 = load(data, row3, i);
          sum0 = sum0.add(x0.mul(x0).mul(weight));
          sum1 = sum1.add(x1.mul(x1).mul(weight));
          sum2 = sum2.add(x2.mul(x2).mul(weight));
          sum3 = sum3.add(x3.mul(x3).mul(weight));
        }
        store(sum0, sum1, sum2, sum3, stripes, stripe);
      }
      total(stripes, out, r, rows.count);
    }
  }

  @Override
  public void twoDots(
      RowBatch rows, double[] first, double[] second, double[] firstOut, double[] secondOut) {
    byte[] data = rows.data;
    int width = rows.width;
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    double[] otherStripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      int row0 = rows.offsets[r];
      int row1 = rows.offsets[Math.min(r + 1, rows.count - 1)];
      int row2 = rows.offsets[Math.min(r + 2, rows.count - 1)];
      int row3 = rows.offsets[Math.min(r + 3, rows.count - 1)];
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        DoubleVector other0 = sum0;
        DoubleVector other1 = sum0;
        DoubleVector other2 = sum0;
        DoubleVector other3 = sum0;
        for (int i = stripe; i < width; i += Stripes.COUNT) {
          DoubleVector x0 = load(data, row0, i);
          DoubleVector x1 = load(data, row1, i);
          DoubleVector x2 = load(data, row2, i);
          DoubleVector x3 = load(data, row3, i);
          DoubleVector weight = doubles(first, i);
          sum0 = sum0.add(x0.mul(weight));
          sum1 = sum1.add(x1.mul(weight));
          sum2 = sum2.add(x2.mul(weight));
          sum3 = sum3.add(x3.mul(weight));
          DoubleVector otherWeight = doubles(second, i);
          other0 = other0.add(x0.mul(otherWeight));
          other1 = other1.add(x1.mul(otherWeight));
          other2 = other2.add(x2.mul(otherWeight));
          other3 = other3.add(x3.mul(otherWeight));
        }
        store(sum0, sum1, sum2, sum3, stripes, stripe);
        store(other0, other1, other2, other3, otherStripes, stripe);
      }
      total(stripes, firstOut, r, rows.count);
      total(otherStripes, secondOut, r, rows.count);
    }
  }

  @Override
  public void pairDots(RowBatch rows, RowBatch others, double[] out) {
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      int r1 = Math.min(r + 1, rows.count - 1);
      int r2 = Math.min(r + 2, rows.count - 1);
      int r3 = Math.min(r + 3, rows.count - 1);
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        DoubleVector sum0 = DoubleVector.zero(DOUBLES);
        DoubleVector sum1 = sum0;
        DoubleVector sum2 = sum0;
        DoubleVector sum3 = sum0;
        for (int i = stripe; i < rows.width; i += Stripes.COUNT) {
          sum0 = sum0.add(product(rows, others, r, i));
          sum1 = sum1.add(product(rows, others, r1, i));
          sum2 = sum2.add(product(rows, others, r2, i));
          sum3 = sum3.add(product(rows, others, r3, i));
        }
        store(sum0, sum1, sum2, sum3, stripes, stripe);
      }
      total(stripes, out, r, rows.count);
    }
  }

  private static DoubleVector product(RowBatch rows, RowBatch others, int r, int i) {
    return load(rows.data, rows.offsets[r], i).mul(load(others.data, others.offsets[r], i));
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
    for (int r = 0; r < Math.min(ABREAST, count - first); r++) {
      out[first + r] = Stripes.total(stripes, r * Stripes.COUNT);
    }
  }
}
