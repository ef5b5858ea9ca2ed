package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.pipeline.input.LeftOut;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunSummaryTest {

  private static RunSummary summary(long degraded, long failed, int listed) {
    List<RunSummary.NotOk> notOk =
        IntStream.range(0, listed)
            .mapToObj(i -> new RunSummary.NotOk("%03d.mp4".formatted(i), "FAILED", "timeout", "d"))
            .toList();
    var written = new RunSummary.Written("tower@1", null, null, 1, null);
    return new RunSummary(
        "r1",
        "cache",
        null,
        5000,
        5000,
        5000 - degraded - failed,
        degraded,
        failed,
        0,
        LeftOut.NONE,
        0,
        notOk,
        written,
        1);
  }

  @Test
  void notOkLines_allOk_areNone() {
    assertEquals(List.of(), summary(0, 0, 0).notOkLines());
  }

  @Test
  void notOkLines_upToFifty_areAllOfThem() {
    List<String> lines = summary(20, 30, 50).notOkLines();
    assertEquals(50, lines.size());
    assertEquals("FAILED 049.mp4: timeout (d)", lines.get(49));
  }

  @Test
  void notOkLines_moreThanListed_endWithHowMany() {
    List<String> lines = summary(500, 1500, RunSummary.MAX_LISTED).notOkLines();
    assertEquals(51, lines.size());
    assertEquals("and 1950 more that are not OK", lines.get(50));
  }
}
