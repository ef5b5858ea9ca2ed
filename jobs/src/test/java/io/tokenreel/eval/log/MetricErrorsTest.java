package io.tokenreel.eval.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricErrorsTest {

  private static final long SEED = 20260107;

  /** By the sum over pairs, as the formula is written. */
  @Test
  void clustered_randomScores_isTheSumOverPairs() {
    Random random = new Random(SEED);
    int n = 200;
    double[] scores = new double[n];
    String[] videos = new String[n];
    MetricErrors errors = new MetricErrors();
    double mean = 0;
    for (int i = 0; i < n; i++) {
      videos[i] = "v" + random.nextInt(40);
      scores[i] = (videos[i].hashCode() + random.nextInt(3)) % 3 == 0 ? 1 : 0;
      mean += scores[i] / n;
      errors.add(Map.of("score", scores[i]), videos[i]);
    }
    double squares = 0;
    double pairs = 0;
    for (int i = 0; i < n; i++) {
      squares += Math.pow(scores[i] - mean, 2);
      for (int j = 0; j < n; j++) {
        if (i != j && videos[i].equals(videos[j])) {
          pairs += (scores[i] - mean) * (scores[j] - mean);
        }
      }
    }
    double variance = squares / (n - 1) / n;
    assertEquals(Math.sqrt(variance), (double) errors.clt(), 1e-12, "seed " + SEED);
    assertEquals(
        Math.sqrt(variance + pairs / n / n), (double) errors.clustered(), 1e-12, "seed " + SEED);
    assertEquals("N/A", errors.ofMean());
  }

  @Test
  void all_withoutEnoughScores_areNotAvailable() {
    MetricErrors errors = new MetricErrors();
    errors.add(Map.of("pred", "B"), "a");
    assertEquals("N/A", errors.clt());
    errors.add(Map.of("score", 1.0), "a");
    errors.add(Map.of("score", 0.0), "a");
    assertEquals(0.5, (double) errors.clt(), 1e-15);
    assertEquals("N/A", errors.clustered());
  }
}
