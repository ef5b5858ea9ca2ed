package io.tokenreel.model.engine;

import io.tokenreel.model.ComputeType;
import io.tokenreel.token.HalfPrecision;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one row with the rows of a matrix in the machine's memory, and sums of those rows, in
 * float32 whatever the matrix is stored as.
 *
 * <p>The order of every sum depends on the machine's vector width alone, so results are the same to
 * the last bit in every run on a machine. Therefore lanes are added up here half onto half and
 * {@code exp} is written out: {@code reduceLanes} and {@code lanewise(EXP)} give other bits in
 * compiled code than in code that is not compiled yet.
 */
public final class RowKernels {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private RowKernels() {}

  /** Whether this JVM has the module {@value #VECTOR_MODULE}; without it nothing here works. */
  public static boolean available() {
    try {
      Class.forName(VECTOR_MODULE + ".FloatVector", false, RowKernels.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * A matrix in the machine's memory.
   *
   * @param type of the values
   * @param values in native order, row after row
   * @param offset byte at which the first row starts
   */
  public record Matrix(ComputeType type, ByteBuffer values, int offset, int rows, int columns) {

    /** A float32 matrix. */
    public Matrix(ByteBuffer values, int offset, int rows, int columns) {
      this(ComputeType.F32, values, offset, rows, columns);
    }

    private int rowBytes() {
      return type.format().bytes(columns);
    }

    private Matrix rows(int from, int count) {
      return new Matrix(type, values, offset + from * rowBytes(), count, columns);
    }
  }

  /**
   * The product of a row with each row of a matrix.
   *
   * @param row as long as the matrix's rows
   * @return as many as the matrix has rows
   */
  public static float[] products(Matrix matrix, float[] row) {
    float[] products = new float[matrix.rows];
    Vectors.products(matrix, row, products);
    return products;
  }

  /**
   * The products of some rows with each row of a matrix that has many short ones.
   *
   * @param rows hold {@code count} rows, as long as the matrix's, from {@code row} on
   * @param products takes those of each row one after the other, the first row's from {@code first}
   *     on, the next one's {@code stride} further on
   */
  public static void products(
      Matrix matrix, float[] rows, int row, int count, float[] products, int first, int stride) {
    Vectors.products(matrix, rows, row, count, products, first, stride);
  }

  /**
   * Adds the weighted rows of a matrix, one after the other.
   *
   * @param weights of the rows, from {@code first} on
   * @param sums holds the sum that they are added to, from {@code sum} on
   */
  public static void addWeighted(Matrix matrix, float[] weights, int first, float[] sums, int sum) {
    Vectors.addWeighted(matrix, weights, first, sums, sum);
  }

  /**
   * Turns scores into shares that add up to one: the softmax of {@code scores * scale}.
   *
   * @param scores {@code count} of them, from {@code first} on
   * @param scale above 0
   */
  public static void softmax(float[] scores, int first, int count, float scale) {
    Vectors.softmax(scores, first, first + count, scale);
  }

  /**
   * The gate of a SwiGLU: {@code silu(a) * b} of the two halves of a row.
   *
   * @param both {@code [2 * n]}, a before b
   * @return {@code [n]}
   */
  public static float[] gated(float[] both) {
    return Vectors.gated(both);
  }

  /** Loaded only where the module is there. */
  private static final class Vectors {

    private static final VectorSpecies<Float> FLOATS = species();
    private static final int LANES = FLOATS.length();
    private static final int BYTES = FLOATS.vectorByteSize();

    private static final float EXP_MOST = 87;
    private static final float LOG2_E = 1.44269504f;
    private static final float ROUNDING =
        12582912; // 1.5 * 2^23: adding it rounds to a whole number
    private static final float LN2_HIGH = 0.693359375f; // few bits: its multiples are exact
    private static final float LN2_LOW = -2.12194440e-4f;
    private static final float[] POWERS = {
      1.9875691500e-4f,
      1.3981999507e-3f,
      8.3334519073e-3f,
      4.1665795894e-2f,
      1.6666665459e-1f,
      5.0000001201e-1f
    };
    private static final int EXPONENT = 23; // bits below a float32's exponent

    /** Four registers, so that the additions' latency does not count. */
    private static final int STEP = 4 * LANES;

    /** Rows that are turned into columns together: a multiple of every {@code STEP}. */
    private static final int TILE = 64;

    private static final VectorShuffle<Float> DOWN_8 = down(8);
    private static final VectorShuffle<Float> DOWN_4 = down(4);
    private static final VectorShuffle<Float> DOWN_2 = down(2);
    private static final VectorShuffle<Float> DOWN_1 = down(1);

    private static VectorSpecies<Float> species() {
      VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
      return preferred.length() * 4 > TILE ? FloatVector.SPECIES_512 : preferred;
    }

    private static VectorShuffle<Float> down(int lanes) {
      return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
    }

    static void products(Matrix matrix, float[] row, float[] products) {
      if (matrix.type == ComputeType.BF16) {
        Bfloat16Rows.products(matrix, row, products);
        return;
      }
      int step = WideRows.block(matrix);
      for (int from = 0; from < matrix.rows; from += step) {
        Matrix wide = WideRows.of(matrix, from, Math.min(step, matrix.rows - from));
        for (int i = 0; i < wide.rows; i++) {
          products[from + i] = dot(wide.values, wide.offset + i * wide.rowBytes(), row);
        }
      }
    }

    private static float dot(ByteBuffer matrix, int offset, float[] row) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      int at = offset;
      int i = 0;
      for (; i <= row.length - STEP; i += STEP) {
        sum0 = load(matrix, at).fma(load(row, i), sum0);
        sum1 = load(matrix, at + BYTES).fma(load(row, i + LANES), sum1);
        sum2 = load(matrix, at + 2 * BYTES).fma(load(row, i + 2 * LANES), sum2);
        sum3 = load(matrix, at + 3 * BYTES).fma(load(row, i + 3 * LANES), sum3);
        at += 4 * BYTES;
      }
      float sum = total(sum0.add(sum1).add(sum2.add(sum3)));
      for (; i < row.length; i++) {
        sum = Math.fma(matrix.getFloat(at), row[i], sum);
        at += Float.BYTES;
      }
      return sum;
    }

    /** The upper half of the lanes is added to the lower one until one is left. */
    private static float total(FloatVector sums) {
      FloatVector left = sums;
      if (LANES > 8) {
        left = left.add(left.rearrange(DOWN_8));
      }
      if (LANES > 4) {
        left = left.add(left.rearrange(DOWN_4));
      }
      if (LANES > 2) {
        left = left.add(left.rearrange(DOWN_2));
      }
      return left.add(left.rearrange(DOWN_1)).lane(0);
    }

    /** A lane for each row of the matrix, so that nothing is added across lanes. */
    static void products(
        Matrix matrix, float[] rows, int row, int count, float[] products, int first, int stride) {
      float[] tile = new float[TILE * matrix.columns];
      float[] columns = new float[TILE * matrix.columns];
      float[] found = new float[TILE];
      for (int from = 0; from < matrix.rows; from += TILE) {
        int taken = Math.min(TILE, matrix.rows - from);
        Matrix wide = WideRows.of(matrix, from, taken);
        FloatBuffer values = wide.values.asFloatBuffer();
        values.get(wide.offset / Float.BYTES, tile, 0, taken * matrix.columns);
        transpose(tile, matrix.columns, columns);
        for (int i = 0; i < count; i++) {
          tileProducts(columns, rows, row + i * matrix.columns, found);
          System.arraycopy(found, 0, products, first + i * stride + from, taken);
        }
      }
    }

    private static void transpose(float[] tile, int columns, float[] transposed) {
      for (int i = 0; i < TILE; i += 8) {
        for (int k = 0; k < columns; k++) {
          int from = i * columns + k;
          int to = k * TILE + i;
          transposed[to] = tile[from];
          transposed[to + 1] = tile[from + columns];
          transposed[to + 2] = tile[from + 2 * columns];
          transposed[to + 3] = tile[from + 3 * columns];
          transposed[to + 4] = tile[from + 4 * columns];
          transposed[to + 5] = tile[from + 5 * columns];
          transposed[to + 6] = tile[from + 6 * columns];
          transposed[to + 7] = tile[from + 7 * columns];
        }
      }
    }

    private static void tileProducts(float[] columns, float[] rows, int row, float[] products) {
      for (int i = 0; i < TILE; i += STEP) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int k = 0; k < columns.length / TILE; k++) {
          int at = k * TILE + i;
          FloatVector value = broadcast(rows[row + k]);
          sum0 = load(columns, at).fma(value, sum0);
          sum1 = load(columns, at + LANES).fma(value, sum1);
          sum2 = load(columns, at + 2 * LANES).fma(value, sum2);
          sum3 = load(columns, at + 3 * LANES).fma(value, sum3);
        }
        sum0.intoArray(products, i);
        sum1.intoArray(products, i + LANES);
        sum2.intoArray(products, i + 2 * LANES);
        sum3.intoArray(products, i + 3 * LANES);
      }
    }

    static void addWeighted(Matrix matrix, float[] weights, int first, float[] sums, int sum) {
      int step = WideRows.block(matrix);
      for (int from = 0; from < matrix.rows; from += step) {
        Matrix wide = WideRows.of(matrix, from, Math.min(step, matrix.rows - from));
        addWide(wide, weights, first + from, sums, sum);
      }
    }

    private static void addWide(Matrix matrix, float[] weights, int first, float[] sums, int sum) {
      ByteBuffer values = matrix.values;
      int end = first + matrix.rows;
      int i = 0;
      for (; i <= matrix.columns - STEP; i += STEP) {
        FloatVector sum0 = load(sums, sum + i);
        FloatVector sum1 = load(sums, sum + i + LANES);
        FloatVector sum2 = load(sums, sum + i + 2 * LANES);
        FloatVector sum3 = load(sums, sum + i + 3 * LANES);
        int at = matrix.offset + i * Float.BYTES;
        for (int k = first; k < end; k++) {
          FloatVector weight = broadcast(weights[k]);
          sum0 = load(values, at).fma(weight, sum0);
          sum1 = load(values, at + BYTES).fma(weight, sum1);
          sum2 = load(values, at + 2 * BYTES).fma(weight, sum2);
          sum3 = load(values, at + 3 * BYTES).fma(weight, sum3);
          at += matrix.rowBytes();
        }
        sum0.intoArray(sums, sum + i);
        sum1.intoArray(sums, sum + i + LANES);
        sum2.intoArray(sums, sum + i + 2 * LANES);
        sum3.intoArray(sums, sum + i + 3 * LANES);
      }
      for (; i < matrix.columns; i++) {
        float one = sums[sum + i];
        int at = matrix.offset + i * Float.BYTES;
        for (int k = first; k < end; k++) {
          one = Math.fma(values.getFloat(at), weights[k], one);
          at += matrix.rowBytes();
        }
        sums[sum + i] = one;
      }
    }

    static void softmax(float[] scores, int first, int end, float scale) {
      float greatest = Float.NEGATIVE_INFINITY;
      for (int i = first; i < end; i++) {
        greatest = Math.max(greatest, scores[i]);
      }
      FloatVector sums = FloatVector.zero(FLOATS);
      int i = first;
      for (; i <= end - LANES; i += LANES) {
        FloatVector power = exp(load(scores, i).sub(greatest).mul(scale));
        power.intoArray(scores, i);
        sums = sums.add(power);
      }
      float sum = total(sums);
      for (; i < end; i++) {
        scores[i] = exp((scores[i] - greatest) * scale);
        sum += scores[i];
      }
      float share = 1 / sum;
      for (i = first; i < end; i++) {
        scores[i] *= share;
      }
    }

    static float[] gated(float[] both) {
      float[] inner = new float[both.length / 2];
      int i = 0;
      for (; i <= inner.length - LANES; i += LANES) {
        FloatVector gate = load(both, i);
        gate.div(exp(gate.neg()).add(1)).mul(load(both, inner.length + i)).intoArray(inner, i);
      }
      for (; i < inner.length; i++) {
        inner[i] = both[i] / (1 + exp(-both[i])) * both[inner.length + i];
      }
      return inner;
    }

    /** e to the power of each lane, held within what a float32 can tell, by Cephes' polynomial. */
    private static FloatVector exp(FloatVector x) {
      FloatVector held = x.max(-EXP_MOST).min(EXP_MOST);
      FloatVector rounded = held.mul(LOG2_E).add(ROUNDING);
      FloatVector whole = rounded.sub(ROUNDING);
      FloatVector rest = whole.fma(broadcast(-LN2_LOW), whole.fma(broadcast(-LN2_HIGH), held));
      FloatVector sum = broadcast(POWERS[0]);
      for (int k = 1; k < POWERS.length; k++) {
        sum = sum.fma(rest, broadcast(POWERS[k]));
      }
      FloatVector power = sum.fma(rest.mul(rest), rest.add(1));
      return rounded
          .reinterpretAsInts()
          .lanewise(VectorOperators.LSHL, EXPONENT)
          .add(Float.floatToRawIntBits(1))
          .reinterpretAsFloats()
          .mul(power);
    }

    /** As the vector's lanes, to the bit. */
    private static float exp(float x) {
      float held = Math.min(Math.max(x, -EXP_MOST), EXP_MOST);
      float rounded = held * LOG2_E + ROUNDING;
      float whole = rounded - ROUNDING;
      float rest = Math.fma(whole, -LN2_LOW, Math.fma(whole, -LN2_HIGH, held));
      float sum = POWERS[0];
      for (int k = 1; k < POWERS.length; k++) {
        sum = Math.fma(sum, rest, POWERS[k]);
      }
      float power = Math.fma(sum, rest * rest, rest + 1);
      int exponent = (Float.floatToRawIntBits(rounded) << EXPONENT) + Float.floatToRawIntBits(1);
      return Float.intBitsToFloat(exponent) * power;
    }

    /**
     * The product of a row with each row of a bfloat16 matrix. Two numbers come in the lane of one:
     * a shift makes a float32 of the first, a mask of the second. Widening first would take longer
     * than reading float32.
     */
    private static final class Bfloat16Rows {

      private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
      private static final int SECOND = 0xffff0000;

      private Bfloat16Rows() {}

      static void products(Matrix matrix, float[] row, float[] products) {
        float[] firsts = new float[row.length / 2];
        float[] seconds = new float[row.length / 2];
        for (int i = 0; i < firsts.length; i++) {
          firsts[i] = row[2 * i];
          seconds[i] = row[2 * i + 1];
        }
        for (int i = 0; i < matrix.rows; i++) {
          int at = matrix.offset + i * matrix.rowBytes();
          float sum = dot(matrix.values, at, firsts, seconds);
          if (row.length % 2 == 1) {
            int last = row.length - 1;
            sum = Math.fma(number(matrix.values, at + Short.BYTES * last), row[last], sum);
          }
          products[i] = sum;
        }
      }

      private static float dot(ByteBuffer matrix, int offset, float[] firsts, float[] seconds) {
        FloatVector sum0 = FloatVector.zero(FLOATS);
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        int at = offset;
        int i = 0;
        for (; i <= firsts.length - 2 * LANES; i += 2 * LANES) {
          IntVector pairs = pairs(matrix, at);
          IntVector more = pairs(matrix, at + BYTES);
          sum0 = first(pairs).fma(load(firsts, i), sum0);
          sum1 = second(pairs).fma(load(seconds, i), sum1);
          sum2 = first(more).fma(load(firsts, i + LANES), sum2);
          sum3 = second(more).fma(load(seconds, i + LANES), sum3);
          at += 2 * BYTES;
        }
        float sum = total(sum0.add(sum1).add(sum2.add(sum3)));
        for (; i < firsts.length; i++) {
          sum = Math.fma(number(matrix, at), firsts[i], sum);
          sum = Math.fma(number(matrix, at + Short.BYTES), seconds[i], sum);
          at += 2 * Short.BYTES;
        }
        return sum;
      }

      private static IntVector pairs(ByteBuffer matrix, int at) {
        return IntVector.fromByteBuffer(INTS, matrix, at, ByteOrder.LITTLE_ENDIAN);
      }

      private static FloatVector first(IntVector pairs) {
        return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      }

      private static FloatVector second(IntVector pairs) {
        return pairs.and(SECOND).reinterpretAsFloats();
      }

      private static float number(ByteBuffer matrix, int at) {
        return HalfPrecision.fromBf16(matrix.getShort(at));
      }
    }

    /**
     * Float32 rows of a matrix: where they lie, or widened a block at a time into memory that stays
     * in the processor's cache.
     */
    private static final class WideRows {

      private static final int BLOCK_VALUES = 4096;

      private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
      private static final VectorSpecies<Short> SHORTS =
          VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

      private static final int F16_SIGN = 0x8000;
      private static final int F16_INFINITE = 0x7c00;
      private static final int F16_FRACTION = 10; // bits
      private static final int F32_INFINITE = 0x7f800000;
      private static final float F16_BIAS = 0x1p112f; // of float32 over that of float16

      private static final ThreadLocal<ByteBuffer> WIDE =
          ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(0));

      private WideRows() {}

      /** Rows that are taken together. */
      static int block(Matrix matrix) {
        return matrix.type == ComputeType.F32
            ? Math.max(1, matrix.rows)
            : Math.max(1, BLOCK_VALUES / Math.max(1, matrix.columns));
      }

      /** Some rows, valid until the thread asks again. */
      static Matrix of(Matrix matrix, int from, int count) {
        Matrix rows = matrix.rows(from, count);
        if (matrix.type == ComputeType.F32) {
          return rows;
        }
        int values = count * matrix.columns;
        ByteBuffer wide = memory(values * Float.BYTES);
        ByteBuffer stored = rows.values;
        int i = 0;
        if (matrix.type == ComputeType.BF16) {
          for (; i <= values - LANES; i += LANES) {
            store(bits(stored, rows.offset + 2 * i).lanewise(VectorOperators.LSHL, 16), wide, i);
          }
        } else {
          for (; i <= values - LANES; i += LANES) {
            store(float32(bits(stored, rows.offset + 2 * i)), wide, i);
          }
        }
        for (; i < values; i++) {
          short one = stored.getShort(rows.offset + 2 * i);
          wide.putFloat(
              i * Float.BYTES,
              matrix.type == ComputeType.BF16
                  ? HalfPrecision.fromBf16(one)
                  : HalfPrecision.fromF16(one));
        }
        return new Matrix(wide, 0, count, matrix.columns);
      }

      private static ByteBuffer memory(int bytes) {
        ByteBuffer wide = WIDE.get();
        if (wide.capacity() < bytes) {
          wide = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
          WIDE.set(wide);
        }
        return wide;
      }

      /** The bits in the lower half of each lane; the upper half has no meaning. */
      private static IntVector bits(ByteBuffer stored, int at) {
        return (IntVector)
            ShortVector.fromByteBuffer(SHORTS, stored, at, ByteOrder.LITTLE_ENDIAN)
                .convertShape(VectorOperators.S2I, INTS, 0);
      }

      /**
       * A product does the rest for numbers below the least normal one, too; infinite ones aside.
       */
      private static IntVector float32(IntVector half) {
        IntVector magnitude =
            half.and(F16_SIGN - 1).lanewise(VectorOperators.LSHL, EXPONENT - F16_FRACTION);
        VectorMask<Integer> infinite =
            half.and(F16_INFINITE).compare(VectorOperators.EQ, F16_INFINITE);
        return magnitude
            .reinterpretAsFloats()
            .mul(F16_BIAS)
            .reinterpretAsInts()
            .blend(magnitude.or(F32_INFINITE), infinite)
            .or(half.and(F16_SIGN).lanewise(VectorOperators.LSHL, 16));
      }

      private static void store(IntVector bits, ByteBuffer wide, int i) {
        bits.intoByteBuffer(wide, i * Float.BYTES, ByteOrder.LITTLE_ENDIAN);
      }
    }

    private static FloatVector broadcast(float value) {
      return FloatVector.broadcast(FLOATS, value);
    }

    private static FloatVector load(ByteBuffer matrix, int at) {
      return FloatVector.fromByteBuffer(FLOATS, matrix, at, ByteOrder.LITTLE_ENDIAN);
    }

    private static FloatVector load(float[] values, int at) {
      return FloatVector.fromArray(FLOATS, values, at);
    }
  }
}
