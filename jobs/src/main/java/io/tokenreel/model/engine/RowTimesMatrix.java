package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import io.tokenreel.model.ComputeType;
import java.nio.ByteOrder;

/**
 * One row times a weight matrix on the CPU, by the Vector API: what decoding a token one by one
 * spends its time on. The weights are read once, in the order of memory, so it takes little longer
 * than reading them; the engine's own product takes a fifth more.
 */
public final class RowTimesMatrix {

  private final RowKernels.Matrix weights; // (outputs, inputs)

  private RowTimesMatrix(RowKernels.Matrix weights) {
    this.weights = weights;
  }

  /**
   * Whether a matrix can be taken: it lies in the machine's memory, has less than 2 GiB, and the
   * JVM has what {@link RowKernels#available} asks for.
   */
  public static boolean fits(NDArray matrix, ComputeType type) {
    return matrix.getDevice().getDeviceType().equals(Device.Type.CPU)
        && type.format().bytes(matrix.size()) <= Integer.MAX_VALUE
        && RowKernels.available();
  }

  /**
   * Takes a matrix where it lies.
   *
   * @param matrix {@code (outputs, inputs)}, contiguous, one that {@link #fits}; must stay open as
   *     long as what is returned
   * @param type of its values
   */
  public static RowTimesMatrix over(NDArray matrix, ComputeType type) {
    return new RowTimesMatrix(
        new RowKernels.Matrix(
            type,
            matrix.toByteBuffer(true).order(ByteOrder.nativeOrder()),
            0,
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
    if (row.length != weights.columns()) {
      throw new IllegalArgumentException(
          "a row must have %d values; got %d".formatted(weights.columns(), row.length));
    }
    return RowKernels.products(weights, row);
  }
}
