package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.testing.RunSeed;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowTimesMatrixTest {

  @Test
  void of_randomSizes_isTheProductInFloat64() {
    long seed = RunSeed.VALUE;
    Random random = new Random(seed);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      for (int round = 0; round < 40; round++) {
        int outputs = 1 + random.nextInt(40);
        int inputs = 1 + random.nextInt(300);
        float[] weights = random(outputs * inputs, random);
        float[] row = random(inputs, random);
        float[] expected = new float[outputs];
        for (int output = 0; output < outputs; output++) {
          double sum = 0;
          for (int i = 0; i < inputs; i++) {
            sum += (double) weights[output * inputs + i] * row[i];
          }
          expected[output] = (float) sum;
        }
        float[] found =
            RowTimesMatrix.over(
                    manager.create(weights, new Shape(outputs, inputs)), ComputeType.F32)
                .of(row);

        assertArrayEquals(
            expected, found, 1e-4f, "%d x %d, seed %d".formatted(outputs, inputs, seed));
      }
    }
  }

  /** Compiled code must give the bits of code that is not compiled yet. */
  @Test
  void of_theSameRowManyTimes_neverChanges() {
    Random random = new Random(2);
    float[] row = random(333, random);
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      RowTimesMatrix matrix =
          RowTimesMatrix.over(
              manager.create(random(20 * 333, random), new Shape(20, 333)), ComputeType.F32);
      float[] first = matrix.of(row);
      for (int round = 0; round < 30_000; round++) {
        assertArrayEquals(first, matrix.of(row), "round " + round);
      }
    }
  }

  @Test
  void of_aRowOfAnotherLength_isRefused() {
    try (NDManager manager = PyTorch.engine().newBaseManager(Device.cpu())) {
      RowTimesMatrix matrix =
          RowTimesMatrix.over(manager.create(new float[6], new Shape(2, 3)), ComputeType.F32);
      assertEquals(2, matrix.of(new float[3]).length);
      assertThrows(IllegalArgumentException.class, () -> matrix.of(new float[2]));
    }
  }

  private static float[] random(int count, Random random) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
