package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import org.apache.commons.math3.stat.inference.AlternativeHypothesis;
import org.apache.commons.math3.stat.inference.BinomialTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class McNemarTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0, 1",
    "0, 1, 1",
    "1, 1, 1",
    "1, 2, 1",
    "0, 5, 0.0625",
    "1, 9, 0.021484375", // 2 (1 + 10) / 1024
    "3, 10, 0.09228515625", // 2 (1 + 13 + 78 + 286) / 8192
    "2, 2, 1"
  })
  void p_knownCounts_isTheHandComputed(long one, long other, double expected) {
    assertEquals(expected, McNemar.p(one, other), 1e-15);
    assertEquals(expected, McNemar.p(other, one), 1e-15);
  }

  @Test
  void p_allCountsUpToEighty_isTwiceTheTailInWholeNumbers() {
    for (int trials = 1; trials <= 80; trials++) {
      for (int one = 0; one <= trials; one++) {
        double expected = exact(trials, Math.min(one, trials - one));
        assertEquals(
            expected,
            McNemar.p(one, trials - one),
            1e-12 * expected,
            one + " against " + (trials - one));
      }
    }
  }

  private static double exact(int trials, int fewer) {
    BigInteger tail = BigInteger.ZERO;
    BigInteger ways = BigInteger.ONE; // trials choose k
    for (int k = 0; k <= fewer; k++) {
      tail = tail.add(ways);
      ways = ways.multiply(BigInteger.valueOf(trials - k)).divide(BigInteger.valueOf(k + 1));
    }
    BigDecimal all = new BigDecimal(BigInteger.ONE.shiftLeft(trials));
    return Math.min(
        1, new BigDecimal(tail.shiftLeft(1)).divide(all, MathContext.DECIMAL64).doubleValue());
  }

  @Test
  void p_tensOfThousands_isOrderedAndWithinRange() {
    double near = McNemar.p(10_000, 10_010);
    double far = McNemar.p(9_500, 10_500);
    assertTrue(near < 1 && near > 0.9, "" + near);
    assertTrue(far < 1e-11 && far > 0, "" + far);
  }

  /** Why the class does not use it: where this fails, a later commons-math may take its place. */
  @Test
  void binomialTest_ofCommonsMath_isWrongForSomeCounts() {
    BinomialTest library = new BinomialTest();
    assertEquals(1.5, library.binomialTest(2, 1, 0.5, AlternativeHypothesis.TWO_SIDED), 1e-12);
    assertEquals(
        0.057373046875, library.binomialTest(13, 3, 0.5, AlternativeHypothesis.TWO_SIDED), 1e-12);
  }
}
