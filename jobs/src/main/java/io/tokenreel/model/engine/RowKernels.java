package io.tokenreel.model.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of one row with the rows of a float32 matrix in the machine's memory, and sums of those
 * rows. The order of every sum depends on the machine's vector width alone.
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
    for (int i = 0; i < count; i++) {
      products[first + i] = Vectors.dot(matrix, offset + i * row.length * Float.BYTES, row);
    }
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

    /** Four registers, so that the additions' latency does not count. */
    private static final int STEP = 4 * LANES;

    static float dot(ByteBuffer matrix, int offset, float[] row) {
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
      float sum = sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
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

    static void softmax(float[] scores, float scale) {
      float greatest = Float.NEGATIVE_INFINITY;
      for (float score : scores) {
        greatest = Math.max(greatest, score);
      }
      double sum = 0;
      int i = 0;
      for (; i <= scores.length - LANES; i += LANES) {
        FloatVector power = load(scores, i).sub(greatest).mul(scale).lanewise(VectorOperators.EXP);
        power.intoArray(scores, i);
        sum += power.reduceLanes(VectorOperators.ADD);
      }
      for (; i < scores.length; i++) {
        scores[i] = (float) Math.exp((scores[i] - greatest) * scale);
        sum += scores[i];
      }
      float divisor = (float) (1 / sum);
      for (i = 0; i < scores.length; i++) {
        scores[i] *= divisor;
      }
    }

    static float[] gated(float[] both) {
      float[] inner = new float[both.length / 2];
      int i = 0;
      for (; i <= inner.length - LANES; i += LANES) {
        FloatVector gate = load(both, i);
        gate.div(gate.neg().lanewise(VectorOperators.EXP).add(1))
            .mul(load(both, inner.length + i))
            .intoArray(inner, i);
      }
      for (; i < inner.length; i++) {
        inner[i] = both[i] / (1 + (float) Math.exp(-both[i])) * both[inner.length + i];
      }
      return inner;
    }

    private static FloatVector load(ByteBuffer matrix, int at) {
      return FloatVector.fromByteBuffer(FLOATS, matrix, at, ByteOrder.LITTLE_ENDIAN);
    }

    private static FloatVector load(float[] values, int at) {
      return FloatVector.fromArray(FLOATS, values, at);
    }
  }
}
