package io.tokenreel.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels of this JVM return the bits of the specification. */
class KernelParityTest {

  private static final int[] DIMS = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 129, 1000, 5000};

  private static final int[] ALL_COUNTS = IntStream.rangeClosed(1, RowBatch.ROWS).toArray();

  /** For many channels, which take long: what is left over of four rows abreast, and all rows. */
  private static final int[] FEW_COUNTS = {1, 6, RowBatch.ROWS};

  private static final int MANY_CHANNELS = 1000;

  private final Kernels scalar = new ScalarKernels();
  private final Kernels best = Kernels.best();

  @ParameterizedTest
  @EnumSource(Kind.class)
  void kernels_anyRows_returnTheSpecifiedBits(Kind kind) {
    for (int dim : DIMS) {
      for (int count : dim < MANY_CHANNELS ? ALL_COUNTS : FEW_COUNTS) {
        for (TokenFormat dtype : TokenFormat.values()) {
          if (RandomBlocks.fits(kind, dtype)) {
            compare(kind, count, dim, dtype, 1000L * dim + count);
          }
        }
      }
    }
  }

  private void compare(Kind kind, int count, int dim, TokenFormat dtype, long seed) {
    TokenBlock block = RandomBlocks.of(kind, 2, count, dim, seed).as(dtype);
    String where = "%s %s dim %d, %d rows, seed %d".formatted(kind, dtype, dim, count, seed);
    assertEquals(-1, best.firstNonFinite(dtype, block.data(), 0, 2 * count * dim), where);
    double[][] expected = run(scalar, block, seed);
    double[][] actual = run(best, block, seed);
    for (int i = 0; i < expected.length; i++) {
      assertArrayEquals(expected[i], actual[i], where + ", output " + i);
    }
  }

  /** All outputs that kernels can make of a block's rows, and the rows themselves. */
  private static double[][] run(Kernels kernels, TokenBlock block, long seed) {
    TokenRows all = new TokenRows(kernels, block);
    RowBatch rows = all.newBatch();
    RowBatch others = all.newBatch();
    all.read(0, 0, rows);
    all.read(1, 0, others);
    int count = rows.count();
    int width = rows.width();
    Random random = new Random(seed);
    double[] first = random.doubles(width, -2, 2).toArray();
    double[] second = random.doubles(width, -2, 2).toArray();
    double[] scales = random.doubles(count, -2, 2).toArray();
    double[] values = new double[count * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.value(i / width, i % width);
    }
    double[] sum = first.clone();
    double[] squares = second.clone();
    kernels.addMoments(rows, first, sum, squares);
    double[] scaled = first.clone();
    kernels.addScaled(rows, scales, scaled);
    double[] weighted = new double[count];
    kernels.weightedSquares(rows, first, weighted);
    double[] firstDots = new double[count];
    double[] secondDots = new double[count];
    kernels.twoDots(rows, first, second, firstDots, secondDots);
    double[] pairs = new double[count];
    kernels.pairDots(rows, others, pairs);
    return new double[][] {values, sum, squares, scaled, weighted, firstDots, secondDots, pairs};
  }

  private static byte[] stored(TokenFormat dtype, float[] values) {
    if (dtype != TokenFormat.FP8) {
      return dtype.encode(values);
    }
    byte[] codes = new byte[values.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) (Float.isFinite(values[i]) ? 0x7e : values[i] < 0 ? 0xff : 0x7f);
    }
    return codes;
  }

  /** Codes of any value, among them those that no writer makes, and scales of any kind. */
  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void widen_everyCode_isCodeTimesScale(TokenFormat dtype) {
    for (int channels : new int[] {5, 16, 67, 256}) {
      byte[] codes = new byte[3 * channels];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (byte) (i * 7);
      }
      byte[] scales = TokenFormat.F32.encode(new float[] {1, 0x1.fp-130f, -3.7e5f});
      StoredRows stored = new StoredRows(dtype, channels, codes, scales);
      for (Kernels kernels : new Kernels[] {scalar, best}) {
        RowBatch batch = RowBatch.ofCopies((channels + 15) / 16 * 16);
        batch.count = 3;
        kernels.widen(stored, new int[] {2, 0, 1}, batch);
        float[] expected = new float[channels];
        for (int r = 0; r < 3; r++) {
          stored.decode((r + 2) % 3, expected, 0);
          for (int i = 0; i < channels; i++) {
            assertEquals(expected[i], batch.value(r, i), kernels.name() + " channel " + i);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TokenFormat.class,
      names = {"INT8", "FP8"})
  void requireFinite_scaleThatIsNot_namesTheToken(TokenFormat dtype) {
    TokenShape shape = new TokenShape(1, 1, 2, 2);
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 3e38f}) {
      byte[] scales = TokenFormat.F32.encode(new float[] {1, bad});
      TokenRows rows =
          new TokenRows(best, new TokenBlock(shape, dtype, new byte[] {1, 2, 0, 0x7e}, scales));
      var error = assertThrows(IllegalArgumentException.class, rows::requireFinite);
      assertTrue(error.getMessage().contains("(frame 0, token 1) holds"), error.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(value = TokenFormat.class, mode = EnumSource.Mode.EXCLUDE, names = "INT8")
  void firstNonFinite_anywhere_isFound(TokenFormat dtype) {
    int dim = 53;
    for (int at = 0; at < dim; at++) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] values = new float[dim];
        values[at] = bad;
        values[dim - 1] = bad;
        byte[] data = stored(dtype, values);
        assertEquals(at, scalar.firstNonFinite(dtype, data, 0, dim));
        assertEquals(at, best.firstNonFinite(dtype, data, 0, dim));
      }
    }
  }
}
