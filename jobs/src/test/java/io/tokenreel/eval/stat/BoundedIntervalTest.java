package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.result.Estimate;
import io.tokenreel.testing.RunSeed;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedIntervalTest {

  /** Worked out from the formula in Python. */
  @ParameterizedTest
  @CsvSource({
    "0.9, 0.03, 1000, 50, 0.823362513376, 0.945584391540", // n_eff of the error
    "0.9, 0.03, 60, 50, 0.795327858629, 0.954222497554", // no more than there are questions
    "0.974, 0.005, 1000, 200, 0.962090958498, 0.982236916219",
    "1, 0, 250, 50, 0.984103219235, 1" // no error shows: as many as there are questions
  })
  void share_values_areWilsonsWithTheEffectiveNumber(
      double mean, double error, long questions, long clusters, double low, double high) {
    Estimate found = BoundedInterval.share(mean, error, questions, clusters);
    assertEquals(mean, found.mean());
    assertEquals(error, found.standardError());
    assertEquals(low, found.low(), 1e-8);
    assertEquals(high, found.high(), 1e-8);
  }

  /** As the first. */
  @ParameterizedTest
  @CsvSource({
    "-0.012, 0.0066, 1000, 200, -0.025259863750, 0.001307767941",
    "0.98, 0.02, 50, 50, 0.857226417098, 1",
    "-0.25, 0.4, 4, 2, -1, 1",
    "0, 0, 20, 4, -0.204575396657, 0.204575396657",
    "0.05, 0.05, 20, 4, -0.205287863197, 0.296196954106"
  })
  void difference_values_haveTwoMoreQuestions(
      double mean, double error, long questions, long clusters, double low, double high) {
    Estimate found = BoundedInterval.difference(mean, error, questions, clusters);
    assertEquals(mean, found.mean());
    assertEquals(error, found.standardError());
    assertEquals(low, found.low(), 1e-8);
    assertEquals(high, found.high(), 1e-8);
  }

  /** 100 pairs of which 9 were lost and 4 won; so many clusters that t is z. */
  @Test
  void difference_onePairPerCluster_isBonettsAndPrices() {
    double error = Math.sqrt(13 - 100 * 0.05 * 0.05) / 100;
    Estimate found = BoundedInterval.difference(-0.05, error, 100, 1_000_000_000);
    assertEquals(-0.122829757065, found.low(), 1e-8);
    assertEquals(0.024790541379, found.high(), 1e-8);
  }

  @Test
  void difference_allEqual_isNarrowerThanWithOneLost() {
    Estimate equal = BoundedInterval.difference(0, 0, 20, 4);
    Estimate oneLost = BoundedInterval.difference(-0.05, 0.05, 20, 4);
    assertTrue(equal.high() - equal.low() < oneLost.high() - oneLost.low(), equal + "" + oneLost);
  }

  /** Few videos, and few answers that differ: 10 videos of 5 questions that go together. */
  @ParameterizedTest
  @ValueSource(doubles = {0.002, 0.02, 0.1})
  void difference_clusteredAnswers_coversTheTruth(double lost) {
    Random random = new Random(12);
    double won = lost / 2;
    int covered = 0;
    int rounds = 2000;
    for (int round = 0; round < rounds; round++) {
      double[][] differences = new double[10][5];
      for (double[] video : differences) {
        double all = drawn(random, lost, won);
        for (int question = 0; question < video.length; question++) {
          video[question] = random.nextBoolean() ? all : drawn(random, lost, won);
        }
      }
      double mean = Stream.of(differences).flatMapToDouble(Arrays::stream).sum() / 50;
      Estimate found = BoundedInterval.difference(mean, error(differences, mean), 50, 10);
      covered += found.low() <= won - lost && won - lost <= found.high() ? 1 : 0;
    }
    assertTrue(covered > 0.95 * rounds, covered + " of " + rounds);
  }

  private static double drawn(Random random, double lost, double won) {
    double drawn = random.nextDouble();
    return drawn < lost ? -1 : drawn < lost + won ? 1 : 0;
  }

  private static double error(double[][] videos, double mean) {
    double squares = 0;
    int questions = 0;
    for (double[] video : videos) {
      double sum = Arrays.stream(video).map(value -> value - mean).sum();
      squares += sum * sum;
      questions += video.length;
    }
    return Math.sqrt(squares) / questions;
  }

  @Test
  void interval_oneClusterOrNoError_isNone() {
    Estimate none = new Estimate(0.5, Double.NaN, Double.NaN, Double.NaN);
    assertEquals(none, BoundedInterval.share(0.5, Double.NaN, 4, 3));
    assertEquals(none, BoundedInterval.difference(0.5, Double.NaN, 4, 3));
    assertEquals(none.low(), BoundedInterval.share(0.5, 0, 4, 1).low());
  }

  @Test
  void interval_anyMeanAndError_staysWhereTheMeanCanBe() {
    long seed = RunSeed.VALUE;
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      double mean = random.nextInt(5) == 0 ? random.nextInt(2) : random.nextDouble();
      double error = Math.pow(10, -4 * random.nextDouble()) * (random.nextInt(9) == 0 ? 0 : 0.5);
      long clusters = 2L + random.nextInt(300);
      Estimate share = BoundedInterval.share(mean, error, clusters * 5, clusters);
      assertTrue(0 <= share.low() && share.low() <= mean + 1e-12, share + ", seed " + seed);
      assertTrue(mean - 1e-12 <= share.high() && share.high() <= 1, share + ", seed " + seed);
      double signed = random.nextBoolean() ? mean : -mean;
      Estimate difference = BoundedInterval.difference(signed, error, clusters * 5, clusters);
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
      double[][] videos = new double[60][5];
      for (double[] video : videos) {
        boolean all = random.nextDouble() < truth;
        for (int question = 0; question < video.length; question++) {
          boolean right = random.nextInt(3) == 0 ? all : random.nextDouble() < truth;
          video[question] = right ? 1 : 0;
        }
      }
      double mean = Stream.of(videos).flatMapToDouble(Arrays::stream).sum() / 300;
      Estimate found = BoundedInterval.share(mean, error(videos, mean), 300, videos.length);
      covered += found.low() <= truth && truth <= found.high() ? 1 : 0;
    }
    double coverage = (double) covered / rounds;
    assertTrue(coverage > 0.93 && coverage < 0.98, "coverage " + coverage);
  }
}
