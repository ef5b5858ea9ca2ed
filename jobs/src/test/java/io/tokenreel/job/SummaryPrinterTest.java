package io.tokenreel.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SummaryPrinterTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private SummaryPrinter printer(String... options) {
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    return new SummaryPrinter(line, CommandLine.populateCommand(new SessionOptions(), options));
  }

  private static RunSummary summary(String runId) {
    var failed = new RunSummary.NotOk("a.mp4", "FAILED", "timeout", "took long");
    return new RunSummary(
        runId,
        "cache",
        null,
        3,
        9,
        2,
        0,
        1,
        1,
        LeftOut.NONE,
        0,
        List.of(failed),
        new RunSummary.Written("llava_onevision@1", "tiny", "bf16", 5 << 20),
        2.5);
  }

  @Test
  void print_severalRunsAsJson_isOneObject() throws JsonProcessingException {
    printer("--json", "--quiet").print(List.of(summary("r1"), summary("r2")), 1.5);
    assertEquals("", err.toString());
    assertEquals(1, out.toString().lines().count());
    JsonNode printed = new ObjectMapper().readTree(out.toString());
    assertEquals(2, printed.get("runs").size());
    assertEquals("r2", printed.get("runs").get(1).get("run_id").asText());
    assertEquals(1.5, printed.get("spark_start_seconds").asDouble());
  }

  @Test
  void print_oneRun_saysCountsAndReasonsAsTextAndItsFieldsAsJson() throws JsonProcessingException {
    printer("--json").print(summary("r1"), 1.5);
    assertTrue(err.toString().startsWith("FAILED a.mp4: timeout (took long)"), err.toString());
    assertTrue(
        err.toString().contains("3 videos: 2 OK, 0 DEGRADED, 1 FAILED; 1 were committed before."),
        err.toString());
    assertTrue(err.toString().contains("--limit: the first 3 of 9 videos, by id"), err.toString());
    JsonNode printed = new ObjectMapper().readTree(out.toString());
    assertEquals("r1", printed.get("run_id").asText());
    assertEquals("timeout", printed.get("not_ok").get(0).get("reason").asText());
  }

  @Test
  void printAnswers_withoutTargets_saysSoInsteadOfCountingRightOnes() {
    var none = new AnswerSummary.OfCompression("none", 4, 0, 0, 0, 0, 9);
    var some = new AnswerSummary.OfCompression("uniform", 4, 0, 0, 3, 2, 9);
    printer()
        .printAnswers(
            List.of(new AnswerSummary("r1", "cache", null, 8, 0, 1, List.of(none, some))), 1);
    assertTrue(err.toString().contains("a video, no target given; 0 without"), err.toString());
    assertTrue(err.toString().contains("a video, 2 of 3 right; 0 without"), err.toString());
  }

  @Test
  void print_namesThatAreLeftOut_areListedWithTheirReasons() {
    LeftOut leftOut =
        new LeftOut(
            Map.of("it may not be read", 1L, LeftOut.ENDING, 2L),
            List.of(
                new LeftOut.Name("lost+found", "it may not be read"),
                new LeftOut.Name("a.txt", LeftOut.ENDING),
                new LeftOut.Name("b.txt", LeftOut.ENDING)));
    var written = new RunSummary.Written("llava_onevision@1", "tiny", "bf16", 1);
    printer()
        .print(
            new RunSummary(
                "r1", "cache", null, 1, 1, 1, 0, 0, 0, leftOut, 0, List.of(), written, 1),
            1);
    assertTrue(
        err.toString()
            .startsWith(
                """
                left out lost+found: it may not be read
                2 files without a video's ending were left out: a.txt, b.txt
                """),
        err.toString());
  }
}
