package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo at a fifth of its size; how often the shipped model is right is with the checks of
 * answers.
 */
@Tag("slow")
class DemoTest {

  @TempDir Path folder;

  private DemoReport demo() throws IOException {
    return new Demo(LocalSpark.plain(), folder, 2, Progress::silent).run();
  }

  @Test
  void run_twice_givesTheSameAnswersFromAllTokensAndFromAQuarter() throws IOException {
    DemoReport report = demo();
    assertEquals(
        List.of("none", "vidcom2:retention=0.25"),
        report.totals().stream().map(DemoReport.Total::compression).toList());
    DemoReport.Total all = report.totals().get(0);
    DemoReport.Total quarter = report.totals().get(1);
    assertEquals(report.lines().size(), all.questions());
    assertTrue(all.questions() >= 8, report.toString());
    assertEquals(all.questions(), quarter.questions());
    double share = quarter.visualTokens() / all.visualTokens();
    assertTrue(share > 0.24 && share < 0.26, "share " + share);

    DemoReport again = demo();
    assertEquals(report.lines(), again.lines());
    assertEquals(report.totals(), again.totals());
  }

  @Test
  void print_aReport_marksWhatIsWrongAndSaysWhereTheTablesAre() {
    StringWriter text = new StringWriter();
    new DemoReport(
            "there",
            List.of(
                new DemoReport.Line("a.mp4", "How many?", "2", "2", 401, "3", 101),
                new DemoReport.Line("a.mp4", "What colour?", "red", null, 401, "red", 101)),
            List.of(
                new DemoReport.Total("none", 2, 1, 401),
                new DemoReport.Total("vidcom2:retention=0.25", 2, 1, 100.25)),
            1,
            2,
            3)
        .print(new PrintWriter(text));
    String printed = text.toString();
    assertEquals(1, printed.split("a\\.mp4", -1).length - 1);
    assertTrue(printed.contains("2: ok"), printed);
    assertTrue(printed.contains("3: wrong"), printed);
    assertTrue(printed.contains("no answer"), printed);
    assertTrue(printed.contains(" 25.0% of them: 1 of 2 right (50.0%)"), printed);
    assertTrue(printed.contains("--cache there/cache"), printed);
  }
}
