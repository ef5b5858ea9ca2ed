package io.tokenreel.model.engine;

import ai.djl.ndarray.NDArray;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * One row times a float32 weight matrix on the CPU, by the Vector API: what decoding a token one by
 * one spends its time on. The weights are read once, in the order of memory, so it takes little
 * longer than reading them; the engine's own product takes a fifth more.
 */
public final class RowTimesMatrix {

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
   * @return empty where the matrix lies on a GPU, has 2 GiB or more, or the JVM lacks {@link
   *     RowKernels#available}
   */
  public static Optional<RowTimesMatrix> over(NDArray matrix) {
    boolean fits = matrix.size() * Float.BYTES <= Integer.MAX_VALUE;
    if (matrix.getDevice().isGpu() || !fits || !RowKernels.available()) {
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
    float[] products = new float[outputs];
    RowKernels.products(weights, 0, row, products, 0, outputs);
    return products;
  }
}
