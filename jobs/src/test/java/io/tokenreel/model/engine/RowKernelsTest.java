package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.ComputeType;
import io.tokenreel.testing.RunSeed;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowKernelsTest {

  private static final long SEED = RunSeed.VALUE;

  @Test
  void softmax_randomScores_isThatOfFloat64() {
    Random random = new Random(SEED);
    for (int round = 0; round < 200; round++) {
      int count = 1 + random.nextInt(70);
      float[] scores = new float[count];
      double greatest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < count; i++) {
        scores[i] = (float) (random.nextGaussian() * 30);
        greatest = Math.max(greatest, scores[i]);
      }
      double[] expected = new double[count];
      double sum = 0;
      for (int i = 0; i < count; i++) {
        expected[i] = Math.exp((scores[i] - greatest) * 0.125);
        sum += expected[i];
      }
      RowKernels.softmax(scores, 0, count, 0.125f);
      for (int i = 0; i < count; i++) {
        assertEquals(expected[i] / sum, scores[i], 1e-6, "seed " + SEED);
      }
    }
  }

  @Test
  void softmax_partOfThem_leavesTheOthers() {
    float[] scores = {7, 1, 2, 9};
    RowKernels.softmax(scores, 1, 2, 1);
    assertEquals(7, scores[0]);
    assertEquals(1, scores[1] + scores[2], 1e-6);
    assertEquals(9, scores[3]);
  }

  @Test
  void products_oneRow_areThoseOfFloat64() {
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      RowKernels.Matrix matrix = matrix(random, 1 + random.nextInt(40), 1 + random.nextInt(300));
      float[] row = gaussians(random, matrix.columns());
      float[] found = RowKernels.products(matrix, row);
      assertEquals(matrix.rows(), found.length);
      for (int i = 0; i < found.length; i++) {
        assertEquals(product(matrix, i, row, 0), found[i], 1e-4, "seed " + SEED);
      }
    }
  }

  @Test
  void products_someRows_areThoseOfFloat64AndNothingElseIsWritten() {
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      RowKernels.Matrix matrix = matrix(random, random.nextInt(200), 1 + random.nextInt(80));
      int count = 1 + random.nextInt(4);
      int row = random.nextInt(5);
      int first = random.nextInt(5);
      int stride = matrix.rows() + random.nextInt(5);
      float[] rows = gaussians(random, row + count * matrix.columns());
      float[] products = new float[first + count * stride];
      Arrays.fill(products, Float.NaN);
      RowKernels.products(matrix, rows, row, count, products, first, stride);
      for (int at = 0; at < products.length; at++) {
        int i = (at - first) / Math.max(stride, 1);
        int k = (at - first) % Math.max(stride, 1);
        double expected =
            at < first || k >= matrix.rows()
                ? Float.NaN
                : product(matrix, k, rows, row + i * matrix.columns());
        assertEquals(expected, products[at], 1e-4, "seed " + SEED);
      }
    }
  }

  /** What a token's key gives must not depend on how many others there are. */
  @Test
  void products_fewerRowsOfTheMatrix_areTheSameBits() {
    Random random = new Random(SEED);
    RowKernels.Matrix matrix = matrix(random, 150, 64);
    float[] rows = gaussians(random, 64);
    float[] all = new float[150];
    RowKernels.products(matrix, rows, 0, 1, all, 0, 150);
    for (int from = 0; from < 150; from += 7) {
      int count = 150 - from;
      float[] part = new float[count];
      RowKernels.Matrix rest =
          new RowKernels.Matrix(
              matrix.values(), matrix.offset() + from * 64 * Float.BYTES, count, 64);
      RowKernels.products(rest, rows, 0, 1, part, 0, count);
      assertArrayEquals(Arrays.copyOfRange(all, from, 150), part, "seed " + SEED);
    }
  }

  @Test
  void addWeighted_randomRows_isTheSumOfFloat64() {
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      RowKernels.Matrix matrix = matrix(random, random.nextInt(100), 1 + random.nextInt(200));
      int first = random.nextInt(5);
      int sum = random.nextInt(5);
      float[] weights = gaussians(random, first + matrix.rows());
      float[] sums = gaussians(random, sum + matrix.columns() + 3);
      float[] before = sums.clone();
      RowKernels.addWeighted(matrix, weights, first, sums, sum);
      for (int at = 0; at < sums.length; at++) {
        double expected = before[at];
        for (int k = 0; at >= sum && at < sum + matrix.columns() && k < matrix.rows(); k++) {
          expected += (double) weights[first + k] * at(matrix, k, at - sum);
        }
        assertEquals(expected, sums[at], 1e-4, "seed " + SEED);
      }
    }
  }

  private static RowKernels.Matrix matrix(Random random, int rows, int columns) {
    int before = random.nextInt(3);
    float[] values = gaussians(random, before + rows * columns);
    ByteBuffer buffer =
        ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
    buffer.asFloatBuffer().put(values);
    return new RowKernels.Matrix(buffer, before * Float.BYTES, rows, columns);
  }

  private static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float at(RowKernels.Matrix matrix, int row, int column) {
    return matrix
        .values()
        .getFloat(matrix.offset() + (row * matrix.columns() + column) * Float.BYTES);
  }

  private static double product(RowKernels.Matrix matrix, int row, float[] rows, int first) {
    double sum = 0;
    for (int i = 0; i < matrix.columns(); i++) {
      sum += (double) at(matrix, row, i) * rows[first + i];
    }
    return sum;
  }

  @Test
  void softmax_notANumber_isNowhereANumber() {
    float[] scores = new float[40];
    scores[17] = Float.NaN;
    RowKernels.softmax(scores, 0, scores.length, 1);
    for (float share : scores) {
      assertTrue(Float.isNaN(share));
    }
  }

  @Test
  void gated_randomAndHugeValues_isSiluTimesTheOther() {
    Random random = new Random(SEED);
    int count = 53;
    float[] both = new float[2 * count];
    for (int i = 0; i < both.length; i++) {
      both[i] = (float) random.nextGaussian() * (i % 5 == 0 ? 200 : 3);
    }
    float[] found = RowKernels.gated(both);
    for (int i = 0; i < count; i++) {
      double expected = both[i] / (1 + Math.exp(-both[i])) * both[count + i];
      assertEquals(expected, found[i], 1e-5 + 1e-6 * Math.abs(expected), "seed " + SEED);
    }
  }

  /** Compiled code must give the bits of code that is not compiled yet. */
  @Test
  void products_theSameRowsManyTimes_neverChange() {
    Random random = new Random(SEED);
    RowKernels.Matrix matrix = matrix(random, 70, 72);
    float[] row = gaussians(random, 72);
    float[] first = RowKernels.products(matrix, row);
    float[] firstTiles = new float[70];
    RowKernels.products(matrix, row, 0, 1, firstTiles, 0, 70);
    float[] firstSum = new float[72];
    RowKernels.addWeighted(matrix, first, 0, firstSum, 0);
    for (int round = 0; round < 30_000; round++) {
      float[] tiles = new float[70];
      RowKernels.products(matrix, row, 0, 1, tiles, 0, 70);
      float[] sum = new float[72];
      RowKernels.addWeighted(matrix, first, 0, sum, 0);
      assertArrayEquals(first, RowKernels.products(matrix, row), "round " + round);
      assertArrayEquals(firstTiles, tiles, "round " + round);
      assertArrayEquals(firstSum, sum, "round " + round);
    }
  }

  /** Compiled code must give the bits of code that is not compiled yet. */
  @Test
  void gated_theSameRowManyTimes_neverChanges() {
    Random random = new Random(SEED);
    float[] both = new float[2 * 301];
    for (int i = 0; i < both.length; i++) {
      both[i] = (float) random.nextGaussian() * 4;
    }
    float[] first = RowKernels.gated(both);
    float[] firstShares = both.clone();
    RowKernels.softmax(firstShares, 0, both.length, 0.3f);
    for (int round = 0; round < 30_000; round++) {
      float[] shares = both.clone();
      RowKernels.softmax(shares, 0, both.length, 0.3f);
      assertArrayEquals(firstShares, shares, "round " + round);
      assertArrayEquals(first, RowKernels.gated(both), "round " + round);
    }
  }

  /**
   * A matrix of another type must give what the float32 matrix of the same numbers gives; one row
   * but for the sums' order.
   */
  @ParameterizedTest
  @EnumSource(
      value = ComputeType.class,
      names = {"BF16", "F16"})
  void kernels_ofHalfTheWidth_areThoseOfTheWidenedMatrixToTheBit(ComputeType type) {
    Random random = new Random(SEED);
    for (int round = 0; round < 50; round++) {
      int rows = random.nextInt(300);
      int columns = 1 + random.nextInt(300);
      float[] values = gaussians(random, rows * columns);
      byte[] stored = type.format().encode(values);
      int offset = 2 * random.nextInt(4);
      ByteBuffer memory =
          ByteBuffer.allocateDirect(offset + stored.length).order(ByteOrder.nativeOrder());
      memory.put(offset, stored);
      ByteBuffer wide =
          ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
      wide.asFloatBuffer().put(type.format().decode(stored));
      RowKernels.Matrix half = new RowKernels.Matrix(type, memory, offset, rows, columns);
      RowKernels.Matrix full = new RowKernels.Matrix(wide, 0, rows, columns);

      float[] row = gaussians(random, 3 * columns);
      float[] one = Arrays.copyOf(row, columns);
      assertArrayEquals(
          RowKernels.products(full, one), RowKernels.products(half, one), 1e-3f, "seed " + SEED);
      float[] expected = new float[3 * rows];
      float[] found = new float[3 * rows];
      RowKernels.products(full, row, 0, 3, expected, 0, rows);
      RowKernels.products(half, row, 0, 3, found, 0, rows);
      assertArrayEquals(expected, found, "seed " + SEED);
      float[] weights = gaussians(random, rows);
      float[] sums = gaussians(random, columns);
      float[] otherSums = sums.clone();
      RowKernels.addWeighted(full, weights, 0, sums, 0);
      RowKernels.addWeighted(half, weights, 0, otherSums, 0);
      assertArrayEquals(sums, otherSums, "seed " + SEED);
    }
  }

  /**
   * Infinite ones, NaNs and those below the least normal number too; often enough to be compiled.
   */
  @ParameterizedTest
  @EnumSource(
      value = ComputeType.class,
      names = {"BF16", "F16"})
  void products_ofEveryNumberOfHalfTheWidth_areTheNumbers(ComputeType type) {
    int numbers = 1 << 16;
    ByteBuffer memory = ByteBuffer.allocateDirect(2 * numbers).order(ByteOrder.nativeOrder());
    byte[] stored = new byte[2 * numbers];
    for (int i = 0; i < numbers; i++) {
      memory.putShort(2 * i, (short) i);
    }
    memory.get(0, stored);
    float[] expected = type.format().decode(stored);
    RowKernels.Matrix matrix = new RowKernels.Matrix(type, memory, 0, numbers, 1);
    for (int round = 0; round < 20; round++) {
      float[] found = new float[numbers];
      RowKernels.products(matrix, new float[] {1}, 0, 1, found, 0, numbers);
      for (int i = 0; i < numbers; i++) {
        assertEquals(expected[i] + 0f, found[i], "bits " + Integer.toHexString(i));
      }
    }
  }
}
