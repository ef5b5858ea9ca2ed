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
 * fills two registers' worth of {@link Stripes} at a time, in as many walks over the (cached) row
 * as sixteen stripes need. Rows go four by four, the last one again where fewer are left: that
 * hides the latency of the additions, and memory that is read in four places is fetched ahead twice
 * as fast as in one.
 *
 * <p>What a loop needs is in locals, and a vector of zeros is made where it is used: with fields or
 * constants C2 keeps vectors as objects, and is five times slower.
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

  /**
   * Two registers: with 512 bits these are the floats of one cache line, read while it is there.
   */
  private static final int PAIR = 2 * LANES;

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
    int width = rows.width;
    for (int low = 0; low < width; low += PAIR) {
      int high = low + LANES;
      DoubleVector lowOrigin = doubles(shift, low);
      DoubleVector highOrigin = doubles(shift, high);
      DoubleVector lowSum = doubles(sum, low);
      DoubleVector highSum = doubles(sum, high);
      DoubleVector lowSquares = doubles(squares, low);
      DoubleVector highSquares = doubles(squares, high);
      for (int r = 0; r < count; r++) {
        DoubleVector x = load(data, offsets[r], low).sub(lowOrigin);
        DoubleVector y = load(data, offsets[r], high).sub(highOrigin);
        lowSum = lowSum.add(x);
        highSum = highSum.add(y);
        lowSquares = x.fma(x, lowSquares);
        highSquares = y.fma(y, highSquares);
      }
      lowSum.intoArray(sum, low);
      highSum.intoArray(sum, high);
      lowSquares.intoArray(squares, low);
      highSquares.intoArray(squares, high);
    }
  }

  @Override
  public void addScaled(RowBatch rows, double[] scales, double[] sum) {
    byte[] data = rows.data;
    int[] offsets = rows.offsets;
    int count = rows.count;
    int width = rows.width;
    for (int low = 0; low < width; low += PAIR) {
      int high = low + LANES;
      DoubleVector lowSum = doubles(sum, low);
      DoubleVector highSum = doubles(sum, high);
      for (int r = 0; r < count; r++) {
        DoubleVector scale = DoubleVector.broadcast(DOUBLES, scales[r]);
        lowSum = load(data, offsets[r], low).fma(scale, lowSum);
        highSum = load(data, offsets[r], high).fma(scale, highSum);
      }
      lowSum.intoArray(sum, low);
      highSum.intoArray(sum, high);
    }
  }

  @Override
  public void weightedSquares(RowBatch rows, double[] weights, double[] out) {
    byte[] data = rows.data;
    int width = rows.width;
    int last = rows.count - 1;
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      int row0 = rows.offsets[r];
      int row1 = rows.offsets[Math.min(r + 1, last)];
      int row2 = rows.offsets[Math.min(r + 2, last)];
      int row3 = rows.offsets[Math.min(r + 3, last)];
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += PAIR) {
        DoubleVector zero = DoubleVector.zero(DOUBLES);
        DoubleVector lowSum0 = zero;
        DoubleVector highSum0 = zero;
        DoubleVector lowSum1 = zero;
        DoubleVector highSum1 = zero;
        DoubleVector lowSum2 = zero;
        DoubleVector highSum2 = zero;
        DoubleVector lowSum3 = zero;
        DoubleVector highSum3 = zero;
        for (int low = stripe; low < width; low += Stripes.COUNT) {
          int high = low + LANES;
          DoubleVector lowWeight = doubles(weights, low);
          DoubleVector highWeight = doubles(weights, high);
          lowSum0 = weightedSquare(data, row0, low, lowWeight, lowSum0);
          highSum0 = weightedSquare(data, row0, high, highWeight, highSum0);
          lowSum1 = weightedSquare(data, row1, low, lowWeight, lowSum1);
          highSum1 = weightedSquare(data, row1, high, highWeight, highSum1);
          lowSum2 = weightedSquare(data, row2, low, lowWeight, lowSum2);
          highSum2 = weightedSquare(data, row2, high, highWeight, highSum2);
          lowSum3 = weightedSquare(data, row3, low, lowWeight, lowSum3);
          highSum3 = weightedSquare(data, row3, high, highWeight, highSum3);
        }
        lowSum0.intoArray(stripes, stripe);
        highSum0.intoArray(stripes, stripe + LANES);
        lowSum1.intoArray(stripes, Stripes.COUNT + stripe);
        highSum1.intoArray(stripes, Stripes.COUNT + stripe + LANES);
        lowSum2.intoArray(stripes, 2 * Stripes.COUNT + stripe);
        highSum2.intoArray(stripes, 2 * Stripes.COUNT + stripe + LANES);
        lowSum3.intoArray(stripes, 3 * Stripes.COUNT + stripe);
        highSum3.intoArray(stripes, 3 * Stripes.COUNT + stripe + LANES);
      }
      total(stripes, out, r, rows.count);
    }
  }

  private static DoubleVector weightedSquare(
      byte[] data, int row, int i, DoubleVector weight, DoubleVector sum) {
    DoubleVector x = load(data, row, i);
    return x.mul(weight).fma(x, sum);
  }

  @Override
  public void twoDots(
      RowBatch rows, double[] first, double[] second, double[] firstOut, double[] secondOut) {
    byte[] data = rows.data;
    int width = rows.width;
    int last = rows.count - 1;
    double[] firstStripes = new double[ABREAST * Stripes.COUNT];
    double[] secondStripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      int row0 = rows.offsets[r];
      int row1 = rows.offsets[Math.min(r + 1, last)];
      int row2 = rows.offsets[Math.min(r + 2, last)];
      int row3 = rows.offsets[Math.min(r + 3, last)];
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += PAIR) {
        DoubleVector zero = DoubleVector.zero(DOUBLES);
        DoubleVector lowFirst0 = zero;
        DoubleVector highFirst0 = zero;
        DoubleVector lowFirst1 = zero;
        DoubleVector highFirst1 = zero;
        DoubleVector lowFirst2 = zero;
        DoubleVector highFirst2 = zero;
        DoubleVector lowFirst3 = zero;
        DoubleVector highFirst3 = zero;
        DoubleVector lowSecond0 = zero;
        DoubleVector highSecond0 = zero;
        DoubleVector lowSecond1 = zero;
        DoubleVector highSecond1 = zero;
        DoubleVector lowSecond2 = zero;
        DoubleVector highSecond2 = zero;
        DoubleVector lowSecond3 = zero;
        DoubleVector highSecond3 = zero;
        for (int low = stripe; low < width; low += Stripes.COUNT) {
          int high = low + LANES;
          DoubleVector lowFirstFactor = doubles(first, low);
          DoubleVector lowSecondFactor = doubles(second, low);
          DoubleVector highFirstFactor = doubles(first, high);
          DoubleVector highSecondFactor = doubles(second, high);
          DoubleVector low0 = load(data, row0, low);
          lowFirst0 = low0.fma(lowFirstFactor, lowFirst0);
          lowSecond0 = low0.fma(lowSecondFactor, lowSecond0);
          DoubleVector high0 = load(data, row0, high);
          highFirst0 = high0.fma(highFirstFactor, highFirst0);
          highSecond0 = high0.fma(highSecondFactor, highSecond0);
          DoubleVector low1 = load(data, row1, low);
          lowFirst1 = low1.fma(lowFirstFactor, lowFirst1);
          lowSecond1 = low1.fma(lowSecondFactor, lowSecond1);
          DoubleVector high1 = load(data, row1, high);
          highFirst1 = high1.fma(highFirstFactor, highFirst1);
          highSecond1 = high1.fma(highSecondFactor, highSecond1);
          DoubleVector low2 = load(data, row2, low);
          lowFirst2 = low2.fma(lowFirstFactor, lowFirst2);
          lowSecond2 = low2.fma(lowSecondFactor, lowSecond2);
          DoubleVector high2 = load(data, row2, high);
          highFirst2 = high2.fma(highFirstFactor, highFirst2);
          highSecond2 = high2.fma(highSecondFactor, highSecond2);
          DoubleVector low3 = load(data, row3, low);
          lowFirst3 = low3.fma(lowFirstFactor, lowFirst3);
          lowSecond3 = low3.fma(lowSecondFactor, lowSecond3);
          DoubleVector high3 = load(data, row3, high);
          highFirst3 = high3.fma(highFirstFactor, highFirst3);
          highSecond3 = high3.fma(highSecondFactor, highSecond3);
        }
        lowFirst0.intoArray(firstStripes, stripe);
        highFirst0.intoArray(firstStripes, stripe + LANES);
        lowFirst1.intoArray(firstStripes, Stripes.COUNT + stripe);
        highFirst1.intoArray(firstStripes, Stripes.COUNT + stripe + LANES);
        lowFirst2.intoArray(firstStripes, 2 * Stripes.COUNT + stripe);
        highFirst2.intoArray(firstStripes, 2 * Stripes.COUNT + stripe + LANES);
        lowFirst3.intoArray(firstStripes, 3 * Stripes.COUNT + stripe);
        highFirst3.intoArray(firstStripes, 3 * Stripes.COUNT + stripe + LANES);
        lowSecond0.intoArray(secondStripes, stripe);
        highSecond0.intoArray(secondStripes, stripe + LANES);
        lowSecond1.intoArray(secondStripes, Stripes.COUNT + stripe);
        highSecond1.intoArray(secondStripes, Stripes.COUNT + stripe + LANES);
        lowSecond2.intoArray(secondStripes, 2 * Stripes.COUNT + stripe);
        highSecond2.intoArray(secondStripes, 2 * Stripes.COUNT + stripe + LANES);
        lowSecond3.intoArray(secondStripes, 3 * Stripes.COUNT + stripe);
        highSecond3.intoArray(secondStripes, 3 * Stripes.COUNT + stripe + LANES);
      }
      total(firstStripes, firstOut, r, rows.count);
      total(secondStripes, secondOut, r, rows.count);
    }
  }

  @Override
  public void pairDots(RowBatch rows, RowBatch others, double[] out) {
    byte[] data = rows.data;
    byte[] otherData = others.data;
    int width = rows.width;
    int last = rows.count - 1;
    double[] stripes = new double[ABREAST * Stripes.COUNT];
    for (int r = 0; r < rows.count; r += ABREAST) {
      int row0 = rows.offsets[r];
      int row1 = rows.offsets[Math.min(r + 1, last)];
      int row2 = rows.offsets[Math.min(r + 2, last)];
      int row3 = rows.offsets[Math.min(r + 3, last)];
      int other0 = others.offsets[r];
      int other1 = others.offsets[Math.min(r + 1, last)];
      int other2 = others.offsets[Math.min(r + 2, last)];
      int other3 = others.offsets[Math.min(r + 3, last)];
      for (int stripe = 0; stripe < Stripes.COUNT; stripe += PAIR) {
        DoubleVector zero = DoubleVector.zero(DOUBLES);
        DoubleVector lowSum0 = zero;
        DoubleVector highSum0 = zero;
        DoubleVector lowSum1 = zero;
        DoubleVector highSum1 = zero;
        DoubleVector lowSum2 = zero;
        DoubleVector highSum2 = zero;
        DoubleVector lowSum3 = zero;
        DoubleVector highSum3 = zero;
        for (int low = stripe; low < width; low += Stripes.COUNT) {
          int high = low + LANES;
          lowSum0 = load(data, row0, low).fma(load(otherData, other0, low), lowSum0);
          highSum0 = load(data, row0, high).fma(load(otherData, other0, high), highSum0);
          lowSum1 = load(data, row1, low).fma(load(otherData, other1, low), lowSum1);
          highSum1 = load(data, row1, high).fma(load(otherData, other1, high), highSum1);
          lowSum2 = load(data, row2, low).fma(load(otherData, other2, low), lowSum2);
          highSum2 = load(data, row2, high).fma(load(otherData, other2, high), highSum2);
          lowSum3 = load(data, row3, low).fma(load(otherData, other3, low), lowSum3);
          highSum3 = load(data, row3, high).fma(load(otherData, other3, high), highSum3);
        }
        lowSum0.intoArray(stripes, stripe);
        highSum0.intoArray(stripes, stripe + LANES);
        lowSum1.intoArray(stripes, Stripes.COUNT + stripe);
        highSum1.intoArray(stripes, Stripes.COUNT + stripe + LANES);
        lowSum2.intoArray(stripes, 2 * Stripes.COUNT + stripe);
        highSum2.intoArray(stripes, 2 * Stripes.COUNT + stripe + LANES);
        lowSum3.intoArray(stripes, 3 * Stripes.COUNT + stripe);
        highSum3.intoArray(stripes, 3 * Stripes.COUNT + stripe + LANES);
      }
      total(stripes, out, r, rows.count);
    }
  }

  /** Adds the stripes of the rows from {@code first} on up; rows beyond {@code count} are spare. */
  private static void total(double[] stripes, double[] out, int first, int count) {
    for (int r = 0; r < Math.min(ABREAST, count - first); r++) {
      out[first + r] = Stripes.total(stripes, r * Stripes.COUNT);
    }
  }
}
