package io.tokenreel.model.engine;

import io.tokenreel.model.ComputeType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

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

  /**
   * Whether this JVM has the module {@value #VECTOR_MODULE}, as it was up to JDK 18; else nothing
   * here works. Later ones read a machine's memory as vectors through a class that JDK 17 lacks.
   */
  public static boolean available() {
    try {
      Class<?> vector =
          Class.forName(VECTOR_MODULE + ".FloatVector", false, RowKernels.class.getClassLoader());
      return Arrays.stream(vector.getMethods())
          .anyMatch(method -> method.getName().equals("fromByteBuffer"));
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

    int rowBytes() {
      return type.format().bytes(columns);
    }

    /** Some of the rows, where they lie. */
    Matrix rows(int from, int count) {
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

    private static final int LANES = FloatLanes.LANES;
    private static final int BYTES = FloatLanes.BYTES;

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
    private static final int TILE = FloatLanes.MOST_STEP;

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
      FloatVector sum0 = FloatLanes.zero();
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      int at = offset;
      int i = 0;
      for (; i <= row.length - STEP; i += STEP) {
        sum0 = FloatLanes.load(matrix, at).fma(FloatLanes.load(row, i), sum0);
        sum1 = FloatLanes.load(matrix, at + BYTES).fma(FloatLanes.load(row, i + LANES), sum1);
        sum2 =
            FloatLanes.load(matrix, at + 2 * BYTES).fma(FloatLanes.load(row, i + 2 * LANES), sum2);
        sum3 =
            FloatLanes.load(matrix, at + 3 * BYTES).fma(FloatLanes.load(row, i + 3 * LANES), sum3);
        at += 4 * BYTES;
      }
      float sum = FloatLanes.total(sum0.add(sum1).add(sum2.add(sum3)));
      for (; i < row.length; i++) {
        sum = Math.fma(matrix.getFloat(at), row[i], sum);
        at += Float.BYTES;
      }
      return sum;
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
        FloatVector sum0 = FloatLanes.zero();
        FloatVector sum1 = sum0;
        FloatVector sum2 = sum0;
        FloatVector sum3 = sum0;
        for (int k = 0; k < columns.length / TILE; k++) {
          int at = k * TILE + i;
          FloatVector value = FloatLanes.broadcast(rows[row + k]);
          sum0 = FloatLanes.load(columns, at).fma(value, sum0);
          sum1 = FloatLanes.load(columns, at + LANES).fma(value, sum1);
          sum2 = FloatLanes.load(columns, at + 2 * LANES).fma(value, sum2);
          sum3 = FloatLanes.load(columns, at + 3 * LANES).fma(value, sum3);
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
        FloatVector sum0 = FloatLanes.load(sums, sum + i);
        FloatVector sum1 = FloatLanes.load(sums, sum + i + LANES);
        FloatVector sum2 = FloatLanes.load(sums, sum + i + 2 * LANES);
        FloatVector sum3 = FloatLanes.load(sums, sum + i + 3 * LANES);
        int at = matrix.offset + i * Float.BYTES;
        for (int k = first; k < end; k++) {
          FloatVector weight = FloatLanes.broadcast(weights[k]);
          sum0 = FloatLanes.load(values, at).fma(weight, sum0);
          sum1 = FloatLanes.load(values, at + BYTES).fma(weight, sum1);
          sum2 = FloatLanes.load(values, at + 2 * BYTES).fma(weight, sum2);
          sum3 = FloatLanes.load(values, at + 3 * BYTES).fma(weight, sum3);
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
      FloatVector sums = FloatLanes.zero();
      int i = first;
      for (; i <= end - LANES; i += LANES) {
        FloatVector power = exp(FloatLanes.load(scores, i).sub(greatest).mul(scale));
        power.intoArray(scores, i);
        sums = sums.add(power);
      }
      float sum = FloatLanes.total(sums);
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
        FloatVector gate = FloatLanes.load(both, i);
        gate.div(exp(gate.neg()).add(1))
            .mul(FloatLanes.load(both, inner.length + i))
            .intoArray(inner, i);
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
      FloatVector rest =
          whole.fma(
              FloatLanes.broadcast(-LN2_LOW), whole.fma(FloatLanes.broadcast(-LN2_HIGH), held));
      FloatVector sum = FloatLanes.broadcast(POWERS[0]);
      for (int k = 1; k < POWERS.length; k++) {
        sum = sum.fma(rest, FloatLanes.broadcast(POWERS[k]));
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
  }
}
