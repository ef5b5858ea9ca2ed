package io.tokenreel.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of this JVM return the bits of the specification. */
class KernelParityTest {

  private static final int[] DIMS = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 129, 1000, 5000};

  private final Kernels scalar = new ScalarKernels();
  private final Kernels best = Kernels.best();

  /**
   * The build runs this once as it is, so that a missing vector path fails it, and once without the
   * vector module, where the property says scalar.
   */
  @Test
  void best_inThisBuild_isTheExpectedPath() {
    assertEquals(System.getProperty("tokenreel.test.kernels", "vector"), best.name());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void kernels_anyRows_returnTheSpecifiedBits(Kind kind) {
    for (int dim : DIMS) {
      for (int count = 1; count <= 9; count++) {
        for (TokenDtype dtype : TokenDtype.values()) {
          if (RandomBlocks.fits(kind, dtype)) {
            compare(kind, count, dim, dtype, 1000L * dim + count);
          }
        }
      }
    }
  }

  private void compare(Kind kind, int count, int dim, TokenDtype dtype, long seed) {
    TokenBlock block = RandomBlocks.of(kind, 1, count, dim, seed).as(dtype);
    String where = "%s %s dim %d, %d rows, seed %d".formatted(kind, dtype, dim, count, seed);
    int width = Kernels.width(dim);
    float[] rows = rows(scalar, block, width);
    assertArrayEquals(rows, rows(best, block, width), where);
    assertEquals(-1, best.firstNonFinite(dtype, block.data(), 0, count * dim), where);

    Random random = new Random(seed);
    double[] weights = doubles(random, width);
    double[] scales = doubles(random, count);
    float[] others = rows.clone();
    for (int i = 0; i < others.length; i++) {
      others[i] *= random.nextInt(3) - 1;
    }
    double[][] expected = run(scalar, rows, others, count, width, weights, scales);
    double[][] actual = run(best, rows, others, count, width, weights, scales);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual[i], where + ", output " + i);
    }
  }

  private static float[] rows(Kernels kernels, TokenBlock block, int width) {
    int dim = block.shape().dim();
    float[] rows = new float[block.shape().tokens() * width];
    for (int r = 0; r < block.shape().tokens(); r++) {
      int offset = r * dim * block.dtype().bytes();
      kernels.widen(block.dtype(), block.data(), offset, rows, r * width, dim);
    }
    return rows;
  }

  private static double[] doubles(Random random, int size) {
    return random.doubles(size, -2, 2).toArray();
  }

  /** All outputs that a kernel can make of some rows. */
  private static double[][] run(
      Kernels kernels,
      float[] rows,
      float[] others,
      int count,
      int width,
      double[] weights,
      double[] scales) {
    double[] sum = weights.clone();
    double[] squares = weights.clone();
    float[] shift = new float[width];
    System.arraycopy(rows, 0, shift, 0, width);
    kernels.addMoments(rows, count, width, shift, sum, squares);
    double[] scaled = weights.clone();
    kernels.addScaled(rows, count, width, scales, scaled);
    double[] weighted = new double[count];
    kernels.weightedSquares(rows, count, width, weights, weighted);
    double[] dots = new double[count];
    kernels.dots(rows, count, width, weights, dots);
    double[] pairs = new double[count];
    kernels.pairDots(rows, others, count, width, pairs);
    return new double[][] {sum, squares, scaled, weighted, dots, pairs};
  }

  @ParameterizedTest
  @EnumSource(TokenDtype.class)
  void firstNonFinite_anywhere_isFound(TokenDtype dtype) {
    int dim = 53;
    for (int at = 0; at < dim; at++) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] values = new float[dim];
        values[at] = bad;
        values[dim - 1] = bad;
        byte[] data = TokenCodec.encode(values, dtype);
        assertEquals(at, scalar.firstNonFinite(dtype, data, 0, dim));
        assertEquals(at, best.firstNonFinite(dtype, data, 0, dim));
      }
    }
  }
}
