package io.tokenreel.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.engine.PyTorch;

/** One large float32 matrix product on the CPU: the rate that a tower's is measured against. */
public final class MatrixProduct {

  private MatrixProduct() {}

  /** Floating-point operations of a product of two square matrices. */
  public static double operations(int size) {
    return 2.0 * size * size * size;
  }

  /**
   * Multiplies two random square matrices with the engine's threads for one operator.
   *
   * @param size rows and columns
   * @param runs how often, after one run that does not count
   * @return nanoseconds of the fastest run
   */
  public static long bestNanos(int size, int runs) {
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      PyTorch.limitThread();
      NDArray a = manager.randomUniform(-1, 1, new Shape(size, size));
      NDArray b = manager.randomUniform(-1, 1, new Shape(size, size));
      long best = Long.MAX_VALUE;
      for (int run = 0; run <= runs; run++) {
        long start = System.nanoTime();
        a.matMul(b).close();
        best = run == 0 ? best : Math.min(best, System.nanoTime() - start);
      }
      return best;
    }
  }
}
