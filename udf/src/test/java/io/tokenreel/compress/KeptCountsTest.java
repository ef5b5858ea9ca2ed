package io.tokenreel.compress;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.testing.RandomBlocks;
import io.tokenreel.testing.RandomBlocks.Kind;
import io.tokenreel.token.TokenBlock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole tokens from shares, worked out by hand. */
class KeptCountsTest {

  private static final long SEED = 5;

  /**
   * Totals that Python gives for {@code max(T, min(int(N * (1 - (1 - R))), N))}. The first four are
   * those of {@code int(N * R)} less one.
   */
  @ParameterizedTest
  @CsvSource({
    " 4,  25, 0.1,    9",
    "10, 100, 0.1,   99",
    " 3,  30, 0.1,    8",
    "10,  10, 0.2,   19",
    "32, 196, 0.25, 1568",
    "32, 196, 0.1,  627",
    " 5,  20, 0.3,   30",
    "10,  10, 0.9,   90",
    " 5,   2, 0.3,    5",
    " 6,   5, 0.01,   6",
    " 1,   1, 1,      1"
  })
  void exact_anyRetention_hasTheServersTotal(
      int frames, int tokensPerFrame, String retention, int total) {
    TokenBlock block = RandomBlocks.of(Kind.NORMAL, frames, tokensPerFrame, 3, SEED);
    for (String mode : new String[] {"release", "paper"}) {
      String spec = "vidcom2:retention=" + retention + ",exact=true,mode=" + mode;
      assertEquals(total, Compressors.of(spec).select(block).size(), spec);
    }
  }

  /**
   * int(40 * 0.25) = 10; 4 + 2 + 1 + 1 are there, and the fractions .9 and .6 get the two others.
   */
  @Test
  void exact_missingTokens_goToTheLargestFractions() {
    assertArrayEquals(
        new int[] {4, 2, 2, 2},
        KeptCounts.EXACT.of(new double[] {0.4, 0.25, 0.19, 0.16}, 10, 0.25));
  }

  /** int(30 * 0.25) = 7; 2 + 2 + 2 are there, and of three equal fractions the first is filled. */
  @Test
  void exact_equalFractions_goToTheLowerFrame() {
    assertArrayEquals(
        new int[] {3, 2, 2}, KeptCounts.EXACT.of(new double[] {0.25, 0.25, 0.25}, 10, 0.25));
  }

  /**
   * int(40 * 0.25) = 10; 7 + 1 + 1 + 2 are there, of which the last smallest fraction gives one.
   */
  @Test
  void exact_minimumGaveTooMuch_isTakenBackFromTheSmallestFraction() {
    assertArrayEquals(
        new int[] {7, 1, 1, 1}, KeptCounts.EXACT.of(new double[] {0.7, 0.05, 0.05, 0.2}, 10, 0.25));
  }

  @Test
  void halfEven_halves_goToTheEvenNumberAndNeverToZero() {
    assertArrayEquals(
        new int[] {2, 4, 1, 10},
        KeptCounts.HALF_EVEN.of(new double[] {0.25, 0.35, 0.01, 1}, 10, 0.25));
  }

  /** 0.07 * 100 is 7.000000000000001 in float64, which means 7. */
  @Test
  void ceiling_roundingNoise_keepsNoTokenMore() {
    assertArrayEquals(
        new int[] {7, 8, 1, 100},
        KeptCounts.CEILING.of(new double[] {0.07, 0.0701, 0.001, 1}, 100, 0.25));
  }
}
