package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Example.Asked;
import io.tokenreel.eval.result.Example.Frame;
import io.tokenreel.eval.result.Example.Kept;
import io.tokenreel.eval.result.Example.Said;
import io.tokenreel.eval.result.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReportTest {

  private static final String HOSTILE = "</td><script>alert(\"1\")</script>'&{{ 7 * 7 }}{% if %}";
  private static final Map<String, String> PROVENANCE = SampleReport.provenance();

  private static Document sample;

  @BeforeAll
  static void writeSample() throws IOException {
    sample = WrittenReport.of(SampleReport.contents());
  }

  private static Set<String> cellsOf(Document page) {
    return new HashSet<>(page.select("th, td, .score").eachText());
  }

  @Test
  void write_sample_hasEveryResultsNumbers() {
    Set<String> cells = cellsOf(sample);
    for (Result result : SampleReport.results()) {
      List<String> numbers = new ArrayList<>();
      if (result.score() != null) {
        numbers.add(Numbers.fixed(100 * result.score().mean(), 2));
        numbers.add(Numbers.fixed(100 * result.score().standardError(), 2));
        numbers.add(
            Numbers.fixed(100 * result.score().low(), 2)
                + " to "
                + Numbers.fixed(100 * result.score().high(), 2));
      }
      if (result.difference() != null) {
        numbers.add(Numbers.signed(100 * result.difference().estimate().mean(), 2));
        numbers.add(Long.toString(result.difference().onlyBaseline()));
        numbers.add(Numbers.pValue(result.difference().mcNemarP()));
        numbers.add(Numbers.percentage(result.retainedPercent()));
      }
      numbers.add(Numbers.percent(result.cost().tokenShare()));
      numbers.add(Numbers.fixed(result.cost().prefill().median(), 1));
      numbers.add(
          Numbers.fixed(result.cost().decode().low(), 1)
              + " to "
              + Numbers.fixed(result.cost().decode().high(), 1));
      numbers.add(Numbers.bytes(result.cost().kvPeak().median()));
      numbers.add(Numbers.bytes(result.cost().tokenBytes()));
      numbers.forEach(number -> assertTrue(cells.contains(number), () -> number + " of " + result));
    }
  }

  @Test
  void write_sample_hasRowsByShareAndTheBaselineFirst() {
    Element table = sample.selectFirst("table.scores");
    assertEquals(
        List.of(
            "All tokens",
            "About 47% of the tokens",
            "About 25% of the tokens",
            "About 15% of the tokens",
            "About 5% of the tokens"),
        table.select(".group").eachText());
    List<String> rows = table.select("th[scope=row]").eachText();
    assertEquals(SampleReport.cells().size(), rows.size());
    assertEquals("none", rows.get(0));
    assertEquals(12, table.select("td:contains(not scored)").size());
    assertEquals(2, table.select("thead small:contains(lmms-eval-0.3.4)").size());
  }

  @Test
  void write_lackingAnswers_areBesideTheScore() throws IOException {
    Result whole = SampleReport.results().get(0);
    Document page =
        WrittenReport.of(
            List.of(with(whole, new Counts(900, 300, 11, 22, 33, 44, 55))), List.of(), Map.of());
    Element score = page.selectFirst("table.scores .lacks");
    assertEquals(
        "11 without video, 22 without answer, 33 unread, 44 guessed, 55 left out", score.text());
    assertNull(score.closest("details"));
    assertTrue(cellsOf(page).containsAll(List.of("900", "300", "11", "22", "33", "44", "55")));
  }

  private static Result with(Result result, Counts counts) {
    return new Result(
        result.cell(),
        result.task(),
        result.version(),
        result.metric(),
        result.group(),
        result.scale(),
        counts,
        result.score(),
        result.difference(),
        result.retainedPercent(),
        result.cost(),
        null);
  }

  @Test
  void write_sample_showsEveryFrameOnceAndWhatEachCompressionKeeps() {
    assertEquals(8 + 6, sample.select(".frames .picture > img").size());
    assertEquals((8 + 6) * 10, sample.select(".frames .picture > svg").size());
    assertEquals(2, sample.select("input[type=radio][checked]").size());
    assertEquals(12 * 2 * 2, sample.select(".asked .right, .asked .wrong").size());
    assertEquals(12 * 2 * 2, sample.select(".answers .right, .answers .wrong").size());
    assertEquals(Set.of("✗ wrong"), Set.copyOf(sample.select(".wrong").eachText()));
    assertEquals(Set.of("✓ ok"), Set.copyOf(sample.select(".right").eachText()));
    assertTrue(sample.select(".unsaid").eachText().contains("no answer"));
  }

  @Test
  void write_hostileText_isEscapedEverywhere() throws IOException {
    Cell cell = new Cell(HOSTILE + 1, HOSTILE + 2, HOSTILE + 3, HOSTILE + 4);
    Result sampled = SampleReport.results().get(5);
    Result result =
        new Result(
            cell,
            HOSTILE + 5,
            HOSTILE + 6,
            HOSTILE + 7,
            "",
            100,
            sampled.counts(),
            sampled.score(),
            sampled.difference(),
            sampled.retainedPercent(),
            sampled.cost(),
            null);
    Asked asked =
        new Asked(
            HOSTILE + 8,
            HOSTILE + 9,
            HOSTILE + 10,
            HOSTILE + 11,
            List.of(new Said(cell, HOSTILE + 12, false)));
    Example example =
        new Example(
            HOSTILE + 13,
            cell,
            1,
            1,
            List.of(new Frame(0, SampleVideo.jpeg(0, 1))),
            List.of(new Kept(HOSTILE + 14, new int[] {0}, new double[] {1})),
            List.of(asked));
    Document page =
        WrittenReport.of(List.of(result), List.of(example), Map.of(HOSTILE + 15, HOSTILE + 16));
    assertEquals(1, page.select("script").size());
    assertFalse(page.selectFirst("script").html().contains("alert"));
    for (int i = 1; i <= 16; i++) {
      assertTrue(page.body().wholeText().contains(HOSTILE + i), "text " + i);
    }
  }

  @Test
  void write_noExamples_hasNoVideos() throws IOException {
    Document page = WrittenReport.of(SampleReport.results(), List.of(), Map.of());
    assertEquals(0, page.select("#videos, .video, .strip, img").size());
    assertEquals(
        List.of("KV dycoke dycoke:prune=0.7,layer=3"), page.select(".provenance > div").eachText());
  }

  @Test
  void write_oneCell_isATableOfOneRow() throws IOException {
    Document page = WrittenReport.of(SampleReport.results().subList(0, 1), List.of(), PROVENANCE);
    assertEquals(
        List.of("none", "100.0%", "58.5 ± 1.6 (100.0%) 6 without video, 9 unread, 4 guessed"),
        page.select("table.scores tbody tr:not(.group) > *").eachText().stream()
            .map(text -> text.replaceFirst("\\d+ unread", "9 unread"))
            .toList());
  }

  @Test
  void write_cellThatIsNotRunOnABenchmark_isSaid() throws IOException {
    List<Result> results = SampleReport.results();
    Document page = WrittenReport.of(results.subList(0, results.size() - 1), List.of(), Map.of());
    assertEquals(1, page.select("table.scores td:contains(not run)").size());
  }

  @Test
  void write_cellThatFailed_hasNoScore() throws IOException {
    Result first = SampleReport.results().get(0);
    double none = Double.NaN;
    Result failed =
        new Result(
            SampleReport.cell("uniform:retention=0.25", "full"),
            first.task(),
            first.version(),
            first.metric(),
            "",
            first.scale(),
            new Counts(900, 300, 6, 894, 0, 0, 0),
            new Estimate(0, 0, 0, 0),
            null,
            0.0,
            new Cost(none, none, none, none, none, none),
            null);
    Document page = WrittenReport.of(List.of(first, failed), List.of(), Map.of());
    Element group = page.select("table.scores tbody").last();
    assertEquals("No answers", group.selectFirst(".group").text());
    assertEquals(
        List.of("uniform:retention=0.25", "–", "no answers 6 without video, 894 without answer"),
        group.select("tr:not(.group) > *").eachText());
  }

  @Test
  void write_answersThatAreNotScored_areNeitherRightNorWrong() throws IOException {
    Example example = SampleReport.examples().get(0);
    Said said = new Said(SampleReport.cells().get(0), "A red disc.", null);
    Example unscored =
        new Example(
            example.videoId(),
            example.baseline(),
            example.gridHeight(),
            example.gridWidth(),
            example.frames(),
            example.selections(),
            List.of(new Asked("videochatgpt_gen", "q", "What is seen?", "A disc", List.of(said))));
    Document page = WrittenReport.of(SampleReport.results(), List.of(unscored), Map.of());
    assertEquals(0, page.select(".right, .wrong").size());
    assertEquals(List.of("not scored A red disc."), page.select(".answers li").eachText());
    assertEquals("Right answer: A disc. Not scored.", page.select(".questions p").text());
  }

  @Test
  void write_twoSamplings_areTwoTablesWithABaselineEach() throws IOException {
    Result first = SampleReport.results().get(0);
    Cell cell = new Cell(first.cell().model(), "uniform:frames=8", "none", "full");
    Result second =
        new Result(
            cell,
            first.task(),
            first.version(),
            first.metric(),
            "",
            100,
            first.counts(),
            first.score(),
            null,
            null,
            first.cost(),
            null);
    Document page = WrittenReport.of(List.of(first, second), List.of(), Map.of());
    assertEquals(2, page.select("table.scores").size());
  }

  @Test
  void write_numbersThatAreZeroOrMissing_areShownAsTheyAre() throws IOException {
    Result first = SampleReport.results().get(0);
    double none = Double.NaN;
    Cost nothing = new Cost(0, 0, 0, 0, 0, 0);
    Cost missing = new Cost(none, none, none, none, none, none);
    Cell uniform = SampleReport.cell("uniform:retention=0.25", "full");
    Estimate ofOneVideo = new Estimate(0, none, none, none);
    Document page =
        WrittenReport.of(
            List.of(
                with(first, first.cell(), ofOneVideo, nothing),
                with(first, uniform, ofOneVideo, missing)),
            List.of(),
            Map.of());
    assertEquals(
        "A share of the tokens that is not known", page.select("table.scores .group").text());
    assertTrue(page.select("figure.figure svg ellipse").size() > 0);
    assertTrue(cellsOf(page).containsAll(List.of("0.00", "–", "0 B")));
  }

  private static Result with(Result result, Cell cell, Estimate score, Cost cost) {
    return new Result(
        cell,
        result.task(),
        result.version(),
        "a $metric$ of_{TeX}",
        "",
        result.scale(),
        result.counts(),
        score,
        null,
        null,
        cost,
        null);
  }

  @Test
  void create_withWhatCannotBeShown_saysWhat() {
    Result result = SampleReport.results().get(0);
    Example fits = SampleReport.examples().get(0);
    Kept outside = new Kept("uniform", new int[] {8 * 14 * 14}, new double[8]);
    Kept tooFew = new Kept("uniform", new int[] {0}, new double[7]);
    Kept disordered = new Kept("uniform", new int[] {2, 1}, new double[8]);
    assertTrue(refusal(List.of(), List.of()).contains("at least one result"));
    assertTrue(refusal(List.of(result, result), List.of()).contains("got two"));
    for (Kept kept : List.of(outside, tooFew, disordered)) {
      Example example =
          new Example(
              fits.videoId(), fits.baseline(), 14, 14, fits.frames(), List.of(kept), List.of());
      assertTrue(refusal(List.of(result), List.of(example)).contains("0 .. 1567, ascending"));
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Report(
                new Report.Contents(" ", List.of(result), List.of(), List.of(), Map.of(), null)));
  }

  private static String refusal(List<Result> results, List<Example> examples) {
    return assertThrows(
            IllegalArgumentException.class,
            () ->
                new Report(new Report.Contents("A", results, examples, List.of(), Map.of(), null)))
        .getMessage();
  }
}
