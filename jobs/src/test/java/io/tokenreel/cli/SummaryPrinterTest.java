package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.model.DeviceUse;
import io.tokenreel.pipeline.input.LeftOut;
import io.tokenreel.pipeline.run.AnswerSummary;
import io.tokenreel.pipeline.run.Computed;
import io.tokenreel.pipeline.run.RunSummary;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class SummaryPrinterTest {

  private static final Computed COMPUTED =
      new Computed("f32", List.of(new DeviceUse("cpu", "", 0, 0, false)));

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
        new RunSummary.Written("llava_onevision@1", "tiny", "bf16", 5 << 20, COMPUTED),
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
    assertTrue(err.toString().contains("\ncomputed in f32 on cpu\nRun r1;"), err.toString());
    assertEquals(
        """
        {"compute_dtype":"f32","devices":[{"device":"cpu","bf16_unit":"","used_bytes":0,"total_bytes":0,"halved":false}]}\
        """
            .strip(),
        printed.get("computed").toString());
  }

  @Test
  void print_runThatOpenedNoModel_saysNothingOfComputing() throws JsonProcessingException {
    var written = new RunSummary.Written("tower@1", null, null, 1, null);
    printer("--json")
        .print(
            new RunSummary(
                "r1", "cache", null, 1, 1, 1, 0, 0, 0, LeftOut.NONE, 0, List.of(), written, 1),
            1);
    assertFalse(err.toString().contains("computed"), err.toString());
    assertTrue(new ObjectMapper().readTree(out.toString()).get("computed").isNull());
  }

  @Test
  void printAnswers_computedInFloat32_saysWhatBf16WouldBring() throws JsonProcessingException {
    var computed = new Computed("f32", List.of(new DeviceUse("cpu", "AMX", 0, 0, false)));
    printer("--json")
        .printAnswers(
            List.of(new AnswerSummary("r1", "cache", null, 0, 0, 1, computed, List.of())), 1);
    assertTrue(
        err.toString()
            .contains(
                "\ncomputed in f32 on cpu\nthese processors multiply bf16 with AMX: --compute-dtype bf16 "),
        err.toString());
    JsonNode run = new ObjectMapper().readTree(out.toString()).get("runs").get(0);
    assertEquals("AMX", run.at("/computed/devices/0/bf16_unit").asText());
  }

  @Test
  void printAnswers_withoutTargets_saysSoInsteadOfCountingRightOnes() {
    var none = new AnswerSummary.OfCompression("none", 4, 0, 0, 0, 0, 9);
    var some = new AnswerSummary.OfCompression("uniform", 4, 0, 0, 3, 2, 9);
    printer()
        .printAnswers(
            List.of(new AnswerSummary("r1", "cache", null, 8, 0, 1, COMPUTED, List.of(none, some))),
            1);
    assertTrue(err.toString().contains("a video, no target given; 0 without"), err.toString());
    assertTrue(err.toString().contains("a video, 2 of 3 right; 0 without"), err.toString());
  }

  @Test
  void print_namesThatAreLeftOut_areListedWithTheirReasons() {
    LeftOut leftOut =
        new LeftOut(
            3,
            Map.of("it may not be read", 1L, LeftOut.ENDING, 2L),
            List.of(
                new LeftOut.Name("lost+found", "it may not be read"),
                new LeftOut.Name("a.txt", LeftOut.ENDING),
                new LeftOut.Name("b.txt", LeftOut.ENDING)));
    var written = new RunSummary.Written("llava_onevision@1", "tiny", "bf16", 1, COMPUTED);
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

  @Test
  void print_namesThatAreLeftOutAsJson_haveTheirPathAndReasonAlone()
      throws JsonProcessingException {
    var leftOut =
        new LeftOut(1, Map.of(LeftOut.ENDING, 1L), List.of(new LeftOut.Name("a", LeftOut.ENDING)));
    var written = new RunSummary.Written("llava_onevision@1", "tiny", "bf16", 1, COMPUTED);
    printer("--json", "--quiet")
        .print(
            new RunSummary(
                "r1", "cache", null, 1, 1, 1, 0, 0, 0, leftOut, 0, List.of(), written, 1),
            1);
    assertEquals(
        "{\"path\":\"a\",\"reason\":\"it does not end as a video does\"}",
        new ObjectMapper().readTree(out.toString()).at("/left_out/first/0").toString());
  }
}
