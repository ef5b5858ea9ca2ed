package io.tokenreel.kernel;

import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarKernels} in registers of 128, 256 or 512 bits, with the same bits as result.
 *
 * <p>A sum over rows, see {@link VectorRowSums}, keeps its order by itself, because channels lie
 * across lanes. A sum over channels fills one register's worth of {@link Stripes} at a time, in as
 * many walks over the (cached) row as sixteen stripes need. Rows go eight by eight, the last one
 * again where fewer are left: that hides the latency of the additions, and memory that is read in
 * eight places is fetched ahead faster than in four; over sixteen C2 gives up.
 *
 * <p>What a loop needs is in locals, and a vector of zeros is made where it is used: with fields or
 * constants C2 keeps vectors as objects, and is five times slower.
 */
public final class VectorKernels implements Kernels {

  /**
   * At most 512 bits: the sixteen stripes are two such registers, and no machine has wider ones.
   */
  static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(
          double.class,
          VectorShape.forBitSize(Math.min(512, DoubleVector.SPECIES_PREFERRED.vectorBitSize())));

  static final int LANES = DOUBLES.length();

  /** As many floats as doubles fit a register. */
  private static final VectorSpecies<Float> FLOATS =
      VectorSpecies.of(float.class, VectorShape.forBitSize(LANES * Float.SIZE));

  private static final VectorSpecies<Byte> FLOAT_BYTES = VectorBytes.of(FLOATS);

  private static final ScalarKernels SCALAR = new ScalarKernels();

  /** Rows that a loop takes side by side. */
  static final int ABREAST = 8;

  /** Channels that all walks go over before the next ones: of eight rows, 8 KiB. */
  private static final int PIECE = 16 * Stripes.COUNT;

  /** Bits of a register in use. */
  int bits() {
    return DOUBLES.vectorBitSize();
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int firstNonFinite(TokenFormat format, byte[] data, int byteOffset, int count) {
    int checked = VectorFiniteness.check(format, data, byteOffset, count);
    int found =
        SCALAR.firstNonFinite(format, data, byteOffset + format.bytes(checked), count - checked);
    return found < 0 ? found : checked + found;
  }

  @Override
  public void widen(StoredRows stored, int[] from, RowBatch into) {
    int done = VectorWidening.widen(stored, from, into);
    if (done < stored.channels()) {
      SCALAR.widen(stored, from, done, into);
    }
  }

  /** Channels {@code i} to {@code i + LANES - 1} of the row that starts at byte {@code row}. */
  static DoubleVector load(byte[] data, int row, int i) {
    return (DoubleVector)
        VectorBytes.floats(FLOATS, FLOAT_BYTES, data, row + i * Float.BYTES)
            .convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  static DoubleVector doubles(double[] values, int offset) {
    return DoubleVector.fromArray(DOUBLES, values, offset);
  }

  @Override
  public void addMoments(RowBatch rows, double[] shift, double[] sum, double[] squares) {
    VectorRowSums.addMoments(rows, shift, sum, squares);
  }

  @Override
  public void addScaled(RowBatch rows, double[] scales, double[] sum) {
    VectorRowSums.addScaled(rows, scales, sum);
  }

  @Override
  public void weightedSquares(RowBatch rows, double[] weights, double[] out) {
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      Arrays.fill(stripes, 0);
      for (int from = 0; from < rows.width; from += PIECE) {
        for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
          walkSquares(rows, r, weights, from, stripe, stripes);
        }
      }
      total(stripes, 0, out, r, rows.count);
    }
  }

  /** One walk over a piece of the rows from {@code r} on, for a register's worth of stripes. */
  private static void walkSquares(
      RowBatch rows, int r, double[] weights, int from, int stripe, double[] stripes) {
    byte[] data = rows.data;
    int end = Math.min(from + PIECE, rows.width);
    int last = rows.count - 1;
    int row0 = rows.offsets[r];
    int row1 = rows.offsets[Math.min(r + 1, last)];
    int row2 = rows.offsets[Math.min(r + 2, last)];
    int row3 = rows.offsets[Math.min(r + 3, last)];
    int row4 = rows.offsets[Math.min(r + 4, last)];
    int row5 = rows.offsets[Math.min(r + 5, last)];
    int row6 = rows.offsets[Math.min(r + 6, last)];
    int row7 = rows.offsets[Math.min(r + 7, last)];
    DoubleVector sum0 = doubles(stripes, stripe);
    DoubleVector sum1 = doubles(stripes, Stripes.COUNT + stripe);
    DoubleVector sum2 = doubles(stripes, 2 * Stripes.COUNT + stripe);
    DoubleVector sum3 = doubles(stripes, 3 * Stripes.COUNT + stripe);
    DoubleVector sum4 = doubles(stripes, 4 * Stripes.COUNT + stripe);
    DoubleVector sum5 = doubles(stripes, 5 * Stripes.COUNT + stripe);
    DoubleVector sum6 = doubles(stripes, 6 * Stripes.COUNT + stripe);
    DoubleVector sum7 = doubles(stripes, 7 * Stripes.COUNT + stripe);
    for (int i = from + stripe; i < end; i += Stripes.COUNT) {
      DoubleVector weight = doubles(weights, i);
      sum0 = weightedSquare(data, row0, i, weight, sum0);
      sum1 = weightedSquare(data, row1, i, weight, sum1);
      sum2 = weightedSquare(data, row2, i, weight, sum2);
      sum3 = weightedSquare(data, row3, i, weight, sum3);
      sum4 = weightedSquare(data, row4, i, weight, sum4);
      sum5 = weightedSquare(data, row5, i, weight, sum5);
      sum6 = weightedSquare(data, row6, i, weight, sum6);
      sum7 = weightedSquare(data, row7, i, weight, sum7);
    }
    sum0.intoArray(stripes, stripe);
    sum1.intoArray(stripes, Stripes.COUNT + stripe);
    sum2.intoArray(stripes, 2 * Stripes.COUNT + stripe);
    sum3.intoArray(stripes, 3 * Stripes.COUNT + stripe);
    sum4.intoArray(stripes, 4 * Stripes.COUNT + stripe);
    sum5.intoArray(stripes, 5 * Stripes.COUNT + stripe);
    sum6.intoArray(stripes, 6 * Stripes.COUNT + stripe);
    sum7.intoArray(stripes, 7 * Stripes.COUNT + stripe);
  }

  private static DoubleVector weightedSquare(
      byte[] data, int row, int i, DoubleVector weight, DoubleVector sum) {
    DoubleVector x = load(data, row, i);
    return x.mul(weight).fma(x, sum);
  }

  @Override
  public void twoDots(
      RowBatch rows, double[] first, double[] second, double[] firstOut, double[] secondOut) {
    double[] stripes = new double[2 * ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        walkTwoDots(rows, r, first, second, stripe, stripes);
      }
      total(stripes, 0, firstOut, r, rows.count);
      total(stripes, ABREAST, secondOut, r, rows.count);
    }
  }

  /** One walk over the rows from {@code r} on, for a register's worth of stripes. */
  private static void walkTwoDots(
      RowBatch rows, int r, double[] first, double[] second, int stripe, double[] stripes) {
    byte[] data = rows.data;
    int width = rows.width;
    int last = rows.count - 1;
    int row0 = rows.offsets[r];
    int row1 = rows.offsets[Math.min(r + 1, last)];
    int row2 = rows.offsets[Math.min(r + 2, last)];
    int row3 = rows.offsets[Math.min(r + 3, last)];
    int row4 = rows.offsets[Math.min(r + 4, last)];
    int row5 = rows.offsets[Math.min(r + 5, last)];
    int row6 = rows.offsets[Math.min(r + 6, last)];
    int row7 = rows.offsets[Math.min(r + 7, last)];
    DoubleVector zero = DoubleVector.zero(DOUBLES);
    DoubleVector sum0 = zero;
    DoubleVector sum1 = zero;
    DoubleVector sum2 = zero;
    DoubleVector sum3 = zero;
    DoubleVector sum4 = zero;
    DoubleVector sum5 = zero;
    DoubleVector sum6 = zero;
    DoubleVector sum7 = zero;
    DoubleVector other0 = zero;
    DoubleVector other1 = zero;
    DoubleVector other2 = zero;
    DoubleVector other3 = zero;
    DoubleVector other4 = zero;
    DoubleVector other5 = zero;
    DoubleVector other6 = zero;
    DoubleVector other7 = zero;
    for (int i = stripe; i < width; i += Stripes.COUNT) {
      DoubleVector factor = doubles(first, i);
      DoubleVector otherFactor = doubles(second, i);
      DoubleVector x0 = load(data, row0, i);
      sum0 = x0.fma(factor, sum0);
      other0 = x0.fma(otherFactor, other0);
      DoubleVector x1 = load(data, row1, i);
      sum1 = x1.fma(factor, sum1);
      other1 = x1.fma(otherFactor, other1);
      DoubleVector x2 = load(data, row2, i);
      sum2 = x2.fma(factor, sum2);
      other2 = x2.fma(otherFactor, other2);
      DoubleVector x3 = load(data, row3, i);
      sum3 = x3.fma(factor, sum3);
      other3 = x3.fma(otherFactor, other3);
      DoubleVector x4 = load(data, row4, i);
      sum4 = x4.fma(factor, sum4);
      other4 = x4.fma(otherFactor, other4);
      DoubleVector x5 = load(data, row5, i);
      sum5 = x5.fma(factor, sum5);
      other5 = x5.fma(otherFactor, other5);
      DoubleVector x6 = load(data, row6, i);
      sum6 = x6.fma(factor, sum6);
      other6 = x6.fma(otherFactor, other6);
      DoubleVector x7 = load(data, row7, i);
      sum7 = x7.fma(factor, sum7);
      other7 = x7.fma(otherFactor, other7);
    }
    store(sum0, other0, stripes, stripe);
    store(sum1, other1, stripes, Stripes.COUNT + stripe);
    store(sum2, other2, stripes, 2 * Stripes.COUNT + stripe);
    store(sum3, other3, stripes, 3 * Stripes.COUNT + stripe);
    store(sum4, other4, stripes, 4 * Stripes.COUNT + stripe);
    store(sum5, other5, stripes, 5 * Stripes.COUNT + stripe);
    store(sum6, other6, stripes, 6 * Stripes.COUNT + stripe);
    store(sum7, other7, stripes, 7 * Stripes.COUNT + stripe);
  }

  private static void store(DoubleVector sum, DoubleVector other, double[] stripes, int at) {
    sum.intoArray(stripes, at);
    other.intoArray(stripes, ABREAST * Stripes.COUNT + at);
  }

  @Override
  public void pairDots(RowBatch rows, RowBatch others, double[] out) {
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += LANES) {
        walkPairs(rows, others, r, stripe, stripes);
      }
      total(stripes, 0, out, r, rows.count);
    }
  }

  /** One walk over the pairs from {@code r} on, for a register's worth of stripes. */
  private static void walkPairs(
      RowBatch rows, RowBatch others, int r, int stripe, double[] stripes) {
    byte[] data = rows.data;
    byte[] otherData = others.data;
    int width = rows.width;
    int last = rows.count - 1;
    int row0 = rows.offsets[r];
    int row1 = rows.offsets[Math.min(r + 1, last)];
    int row2 = rows.offsets[Math.min(r + 2, last)];
    int row3 = rows.offsets[Math.min(r + 3, last)];
    int row4 = rows.offsets[Math.min(r + 4, last)];
    int row5 = rows.offsets[Math.min(r + 5, last)];
    int row6 = rows.offsets[Math.min(r + 6, last)];
    int row7 = rows.offsets[Math.min(r + 7, last)];
    int other0 = others.offsets[r];
    int other1 = others.offsets[Math.min(r + 1, last)];
    int other2 = others.offsets[Math.min(r + 2, last)];
    int other3 = others.offsets[Math.min(r + 3, last)];
    int other4 = others.offsets[Math.min(r + 4, last)];
    int other5 = others.offsets[Math.min(r + 5, last)];
    int other6 = others.offsets[Math.min(r + 6, last)];
    int other7 = others.offsets[Math.min(r + 7, last)];
    DoubleVector zero = DoubleVector.zero(DOUBLES);
    DoubleVector sum0 = zero;
    DoubleVector sum1 = zero;
    DoubleVector sum2 = zero;
    DoubleVector sum3 = zero;
    DoubleVector sum4 = zero;
    DoubleVector sum5 = zero;
    DoubleVector sum6 = zero;
    DoubleVector sum7 = zero;
    for (int i = stripe; i < width; i += Stripes.COUNT) {
      sum0 = load(data, row0, i).fma(load(otherData, other0, i), sum0);
      sum1 = load(data, row1, i).fma(load(otherData, other1, i), sum1);
      sum2 = load(data, row2, i).fma(load(otherData, other2, i), sum2);
      sum3 = load(data, row3, i).fma(load(otherData, other3, i), sum3);
      sum4 = load(data, row4, i).fma(load(otherData, other4, i), sum4);
      sum5 = load(data, row5, i).fma(load(otherData, other5, i), sum5);
      sum6 = load(data, row6, i).fma(load(otherData, other6, i), sum6);
      sum7 = load(data, row7, i).fma(load(otherData, other7, i), sum7);
    }
    sum0.intoArray(stripes, stripe);
    sum1.intoArray(stripes, Stripes.COUNT + stripe);
    sum2.intoArray(stripes, 2 * Stripes.COUNT + stripe);
    sum3.intoArray(stripes, 3 * Stripes.COUNT + stripe);
    sum4.intoArray(stripes, 4 * Stripes.COUNT + stripe);
    sum5.intoArray(stripes, 5 * Stripes.COUNT + stripe);
    sum6.intoArray(stripes, 6 * Stripes.COUNT + stripe);
    sum7.intoArray(stripes, 7 * Stripes.COUNT + stripe);
  }

  /**
   * Adds the stripes of the rows from {@code first} on up, which begin with the stripes of row
   * {@code from}; rows beyond {@code count} are spare.
   */
  private static void total(double[] stripes, int from, double[] out, int first, int count) {
    for (int r = 0; r < Math.min(ABREAST, count - first); r++) {
      out[first + r] = Stripes.total(stripes, (from + r) * Stripes.COUNT);
    }
  }
}
