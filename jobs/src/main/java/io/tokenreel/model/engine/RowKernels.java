package io.tokenreel.model.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one row with the rows of a float32 matrix in the machine's memory, and sums of those
 * rows.
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
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  /**
   * The product of a row with each row of a matrix.
   *
   * @param matrix in native order
   * @param offset byte at which its first row starts
   * @param row as long as the matrix's rows
   * @param products takes {@code count} values from {@code first} on
   */
  public static void products(
      ByteBuffer matrix, int offset, float[] row, float[] products, int first, int count) {
    Vectors.products(matrix, offset, row, products, first, count);
  }

  /**
   * Adds the weighted rows of a matrix, one after the other.
   *
   * @param matrix in native order
   * @param offset byte at which its first row starts
   * @param weights of {@code count} rows, from {@code first} on
   * @param sum as long as the matrix's rows
   */
  public static void addWeighted(
      ByteBuffer matrix, int offset, float[] weights, int first, int count, float[] sum) {
    for (int i = 0; i < count; i++) {
      Vectors.addScaled(matrix, offset + i * sum.length * Float.BYTES, weights[first + i], sum);
    }
  }

  /**
   * Turns scores into shares that add up to one: the softmax of {@code scores * scale}.
   *
   * @param scale above 0
   */
  public static void softmax(float[] scores, float scale) {
    Vectors.softmax(scores, scale);
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

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
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

    private static final VectorShuffle<Float> DOWN_8 = down(8);
    private static final VectorShuffle<Float> DOWN_4 = down(4);
    private static final VectorShuffle<Float> DOWN_2 = down(2);
    private static final VectorShuffle<Float> DOWN_1 = down(1);

    /** Four registers, so that the additions' latency does not count. */
    private static final int STEP = 4 * LANES;

    static void products(
        ByteBuffer matrix, int offset, float[] row, float[] products, int first, int count) {
      for (int i = 0; i < count; i++) {
        products[first + i] = dot(matrix, offset + i * row.length * Float.BYTES, row);
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

    static void addScaled(ByteBuffer matrix, int offset, float scale, float[] sum) {
      FloatVector scales = FloatVector.broadcast(FLOATS, scale);
      int at = offset;
      int i = 0;
      for (; i <= sum.length - LANES; i += LANES) {
        load(matrix, at).fma(scales, load(sum, i)).intoArray(sum, i);
        at += BYTES;
      }
      for (; i < sum.length; i++) {
        sum[i] = Math.fma(matrix.getFloat(at), scale, sum[i]);
        at += Float.BYTES;
      }
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

    private static VectorShuffle<Float> down(int lanes) {
      return VectorShuffle.fromOp(FLOATS, lane -> (lane + lanes) % LANES);
    }

    static void softmax(float[] scores, float scale) {
      float greatest = Float.NEGATIVE_INFINITY;
      for (float score : scores) {
        greatest = Math.max(greatest, score);
      }
      FloatVector sums = FloatVector.zero(FLOATS);
      int i = 0;
      for (; i <= scores.length - LANES; i += LANES) {
        FloatVector power = exp(load(scores, i).sub(greatest).mul(scale));
        power.intoArray(scores, i);
        sums = sums.add(power);
      }
      float sum = total(sums);
      for (; i < scores.length; i++) {
        scores[i] = exp((scores[i] - greatest) * scale);
        sum += scores[i];
      }
      float share = 1 / sum;
      for (i = 0; i < scores.length; i++) {
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
