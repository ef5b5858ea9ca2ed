package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10   | 0     | 0 | 0  | 0    | precompute: 0/10 videos, 0 degraded, 0 failed, 0.0 videos/s, ? left",
        "10   | 0     | 0 | 0  | 3    | precompute: 0/10 videos, 0 degraded, 0 failed, 0.0 videos/s, ? left",
        "10   | 4     | 1 | 2  | 8    | precompute: 4/10 videos, 1 degraded, 2 failed, 0.5 videos/s, 0m12s left",
        "10   | 10    | 0 | 10 | 10   | precompute: 10/10 videos, 0 degraded, 10 failed, 1.0 videos/s, 0m00s left",
        "9000 | 1000  | 0 | 0  | 1000 | precompute: 1000/9000 videos, 0 degraded, 0 failed, 1.0 videos/s, 2h13m left",
        "10   | 12    | 0 | 0  | 12   | precompute: 12/10 videos, 0 degraded, 0 failed, 1.0 videos/s, 0m00s left",
      })
  void line_counts_saysHowFarAndHowLong(
      long total, long done, long degraded, long failed, double seconds, String expected) {
    assertEquals(
        expected,
        Progress.line(
            Progress.Stage.videos("precompute"),
            total,
            new Progress.Counts(done, degraded, failed),
            seconds));
  }

  @Test
  void line_answers_areCountedAsAnswers() {
    assertEquals(
        "answer, KV full: 4/10 answers, 2 failed, 0.5 answers/s, 0m12s left",
        Progress.line(Progress.Stage.answers("full"), 10, new Progress.Counts(4, 0, 2), 8));
  }
}
