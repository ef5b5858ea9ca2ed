package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.result.Estimate;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoundedIntervalTest {

  /** Worked out from the formula in Python. */
  @ParameterizedTest
  @CsvSource({
    "0.9, 0.03, 1000, 50, 0.823362513376, 0.945584391540", // n_eff of the error
    "0.9, 0.03, 60, 50, 0.795327858629, 0.954222497554", // no more than there are questions
    "0.974, 0.005, 1000, 200, 0.962090958498, 0.982236916219",
    "1, 0, 250, 50, 0.925268083911, 1" // no error shows: as many as there are videos
  })
  void share_values_areWilsonsWithTheEffectiveNumber(
      double mean, double error, long questions, long clusters, double low, double high) {
    Estimate found = BoundedInterval.share(mean, error, questions, clusters);
    assertEquals(mean, found.mean());
    assertEquals(error, found.standardError());
    assertEquals(low, found.low(), 1e-8);
    assertEquals(high, found.high(), 1e-8);
  }

  /** As the first, of the share (1 + d) / 2. */
  @ParameterizedTest
  @CsvSource({
    "-0.012, 0.0066, 200, -0.025011778443, 0.001015843651",
    "0.98, 0.02, 50, 0.886569736097, 0.996611814588",
    "-0.25, 0.4, 2, -0.990012835042, 0.972501988166"
  })
  void difference_values_areThoseOfTheShare(
      double mean, double error, long clusters, double low, double high) {
    Estimate found = BoundedInterval.difference(mean, error, clusters);
    assertEquals(low, found.low(), 1e-8);
    assertEquals(high, found.high(), 1e-8);
  }

  @Test
  void difference_smallOfManyVideos_isNearlyStudents() {
    Estimate found = BoundedInterval.difference(-0.012, 0.0066, 200);
    assertEquals(-0.012 - 1.971957 * 0.0066, found.low(), 1e-4);
    assertEquals(-0.012 + 1.971957 * 0.0066, found.high(), 1e-4);
  }

  @Test
  void difference_allEqual_reachesAsAShareOfZeroDoes() {
    double reach = BoundedInterval.share(0, 0, 1000, 200).high();
    assertEquals(
        new Estimate(0, 0, -reach, reach), BoundedInterval.difference(0, 0, 200), "of all equal");
    assertEquals(new Estimate(1, 0, 1 - reach, 1), BoundedInterval.difference(1, 0, 200));
  }

  @Test
  void interval_oneClusterOrNoError_isNone() {
    Estimate none = new Estimate(0.5, Double.NaN, Double.NaN, Double.NaN);
    assertEquals(none, BoundedInterval.share(0.5, Double.NaN, 4, 3));
    assertEquals(none, BoundedInterval.difference(0.5, Double.NaN, 3));
    assertEquals(none.low(), BoundedInterval.share(0.5, 0, 4, 1).low());
  }

  @Test
  void interval_anyMeanAndError_staysWhereTheMeanCanBe() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      double mean = random.nextInt(5) == 0 ? random.nextInt(2) : random.nextDouble();
      double error = Math.pow(10, -4 * random.nextDouble()) * (random.nextInt(9) == 0 ? 0 : 0.5);
      long clusters = 2L + random.nextInt(300);
      Estimate share = BoundedInterval.share(mean, error, clusters * 5, clusters);
      assertTrue(0 <= share.low() && share.low() <= mean + 1e-12, share + ", seed " + seed);
      assertTrue(mean - 1e-12 <= share.high() && share.high() <= 1, share + ", seed " + seed);
      double signed = random.nextBoolean() ? mean : -mean;
      Estimate difference = BoundedInterval.difference(signed, error, clusters);
      assertTrue(-1 <= difference.low() && difference.high() <= 1, difference + ", seed " + seed);
      assertTrue(difference.low() <= difference.high(), difference + ", seed " + seed);
    }
  }

  /** Near the end, where mean ± 1.96 errors fails: 60 videos of 5 questions that go together. */
  @Test
  void share_clusteredAnswers_coversTheTruth() {
    Random random = new Random(11);
    int covered = 0;
    int rounds = 3000;
    double truth = 0.97;
    for (int round = 0; round < rounds; round++) {
      double total = 0;
      double[] videos = new double[60];
      for (int video = 0; video < videos.length; video++) {
        boolean all = random.nextDouble() < truth;
        for (int question = 0; question < 5; question++) {
          boolean right = random.nextInt(3) == 0 ? all : random.nextDouble() < truth;
          videos[video] += right ? 1 : 0;
        }
        total += videos[video];
      }
      double mean = total / 300;
      double squares = 0;
      for (double video : videos) {
        squares += (video - 5 * mean) * (video - 5 * mean);
      }
      Estimate found = BoundedInterval.share(mean, Math.sqrt(squares) / 300, 300, videos.length);
      covered += found.low() <= truth && truth <= found.high() ? 1 : 0;
    }
    double coverage = (double) covered / rounds;
    assertTrue(coverage > 0.93 && coverage < 0.98, "coverage " + coverage);
  }
}
