package io.tokenreel.model.engine;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row times a float32 weight matrix on the CPU, by the Vector API: what decoding a token one by
 * one spends its time on. The weights are read once, in the order of memory, so it takes little
 * longer than reading them; the engine's own product takes a fifth more.
 *
 * <p>Every output is summed in an order that depends on the machine's vector width alone.
 */
public final class RowTimesMatrix {

  private static final int REGISTERS = 4; // so that the additions' latency does not count

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private final ByteBuffer weights;
  private final int outputs;
  private final int inputs;

  private RowTimesMatrix(ByteBuffer weights, int outputs, int inputs) {
    this.weights = weights;
    this.outputs = outputs;
    this.inputs = inputs;
  }

  /**
   * Takes a matrix where it lies.
   *
   * @param matrix {@code (outputs, inputs)}, float32, contiguous; must stay open as long as what is
   *     returned
   * @return empty where the matrix lies on a GPU, has 2 GiB or more, or the JVM has no module
   *     {@value #VECTOR_MODULE}
   */
  public static Optional<RowTimesMatrix> over(NDArray matrix) {
    boolean fits = matrix.size() * Float.BYTES <= Integer.MAX_VALUE;
    boolean vectors = ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
    if (matrix.getDevice().isGpu() || !fits || !vectors) {
      return Optional.empty();
    }
    return Optional.of(
        new RowTimesMatrix(
            matrix.toByteBuffer(true).order(ByteOrder.nativeOrder()),
            (int) matrix.getShape().get(0),
            (int) matrix.getShape().get(1)));
  }

  /**
   * Multiplies.
   *
   * @param row {@code [inputs]}
   * @return {@code [outputs]}
   */
  public float[] of(float[] row) {
    if (row.length != inputs) {
      throw new IllegalArgumentException(
          "a row must have %d values; got %d".formatted(inputs, row.length));
    }
    return Streaming.product(weights, outputs, row);
  }

  /** Loaded where the module is there only. */
  private static final class Streaming {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = FLOATS.length();
    private static final int BYTES = FLOATS.vectorByteSize();

    static float[] product(ByteBuffer weights, int outputs, float[] row) {
      float[] products = new float[outputs];
      for (int output = 0; output < outputs; output++) {
        products[output] = dot(weights, output * row.length * Float.BYTES, row);
      }
      return products;
    }

    private static float dot(ByteBuffer weights, int offset, float[] row) {
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      int at = offset;
      int i = 0;
      for (; i <= row.length - REGISTERS * LANES; i += REGISTERS * LANES) {
        sum0 = load(weights, at).fma(FloatVector.fromArray(FLOATS, row, i), sum0);
        sum1 = load(weights, at + BYTES).fma(FloatVector.fromArray(FLOATS, row, i + LANES), sum1);
        sum2 =
            load(weights, at + 2 * BYTES)
                .fma(FloatVector.fromArray(FLOATS, row, i + 2 * LANES), sum2);
        sum3 =
            load(weights, at + 3 * BYTES)
                .fma(FloatVector.fromArray(FLOATS, row, i + 3 * LANES), sum3);
        at += REGISTERS * BYTES;
      }
      float sum = sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
      for (; i < row.length; i++) {
        sum = Math.fma(weights.getFloat(at), row[i], sum);
        at += Float.BYTES;
      }
      return sum;
    }

    private static FloatVector load(ByteBuffer weights, int at) {
      return FloatVector.fromByteBuffer(FLOATS, weights, at, ByteOrder.LITTLE_ENDIAN);
    }
  }
}
