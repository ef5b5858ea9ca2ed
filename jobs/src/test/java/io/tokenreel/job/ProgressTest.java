package io.tokenreel.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10   | 0     | 0 | 0  | 0    | 0/10 done, 0 degraded, 0 failed, 0.0 videos/s, ? left",
        "10   | 0     | 0 | 0  | 3    | 0/10 done, 0 degraded, 0 failed, 0.0 videos/s, ? left",
        "10   | 4     | 1 | 2  | 8    | 4/10 done, 1 degraded, 2 failed, 0.5 videos/s, 0m12s left",
        "10   | 10    | 0 | 10 | 10   | 10/10 done, 0 degraded, 10 failed, 1.0 videos/s, 0m00s left",
        "9000 | 1000  | 0 | 0  | 1000 | 1000/9000 done, 0 degraded, 0 failed, 1.0 videos/s, 2h13m left",
        "10   | 12    | 0 | 0  | 12   | 12/10 done, 0 degraded, 0 failed, 1.0 videos/s, 0m00s left",
      })
  void line_counts_saysHowFarAndHowLong(
      long total, long done, long degraded, long failed, double seconds, String expected) {
    assertEquals(
        expected, Progress.line(total, new Progress.Counts(done, degraded, failed), seconds));
  }
}
