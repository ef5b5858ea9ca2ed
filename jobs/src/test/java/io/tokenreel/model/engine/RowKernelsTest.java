package io.tokenreel.model.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RowKernelsTest {

  private static final long SEED = new Random().nextInt(1 << 30);

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
      RowKernels.softmax(scores, 0.125f);
      for (int i = 0; i < count; i++) {
        assertEquals(expected[i] / sum, scores[i], 1e-6, "seed " + SEED);
      }
    }
  }

  @Test
  void softmax_notANumber_isNowhereANumber() {
    float[] scores = new float[40];
    scores[17] = Float.NaN;
    RowKernels.softmax(scores, 1);
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
  void gated_theSameRowManyTimes_neverChanges() {
    Random random = new Random(SEED);
    float[] both = new float[2 * 301];
    for (int i = 0; i < both.length; i++) {
      both[i] = (float) random.nextGaussian() * 4;
    }
    float[] first = RowKernels.gated(both);
    float[] firstShares = both.clone();
    RowKernels.softmax(firstShares, 0.3f);
    for (int round = 0; round < 30_000; round++) {
      float[] shares = both.clone();
      RowKernels.softmax(shares, 0.3f);
      assertArrayEquals(firstShares, shares, "round " + round);
      assertArrayEquals(first, RowKernels.gated(both), "round " + round);
    }
  }
}
