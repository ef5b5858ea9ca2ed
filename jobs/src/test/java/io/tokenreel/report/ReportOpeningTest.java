package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.eval.result.Result;
import java.io.IOException;
import java.util.List;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a report opens with, where its scores lead, and the same table for a terminal. */
class ReportOpeningTest {

  private static Document sample;

  @BeforeAll
  static void writeSample() throws IOException {
    sample = WrittenReport.of(SampleReport.contents());
  }

  @Test
  void write_sample_opensWithWhatWasFound() {
    Element found = sample.selectFirst(".findings");
    assertEquals("h1", found.previousElementSibling().tagName());
    assertEquals(
        "videomme: 900 questions about 300 videos, asked as lmms-eval-0.3.4 does. All tokens give 58.5% ± 1.6.",
        found.selectFirst("p").text());
    List<String> sentences = found.select("ul").get(0).select("li").eachText();
    assertEquals(4, sentences.size()); // one of each share
    Result best =
        SampleReport.results().stream()
            .filter(one -> one.cell().compression().equals("vidcom2:retention=0.05"))
            .findFirst()
            .orElseThrow();
    String points = Numbers.fixed(-100 * best.difference().estimate().mean(), 1);
    assertTrue(
        sentences.get(3).startsWith("vidcom2:retention=0.05 at 5.0% of the tokens: "),
        sentences.get(3));
    assertTrue(sentences.get(3).contains(" " + points + " points less than all"), sentences.get(3));
    assertTrue(found.text().contains("The baseline has no score: not scored."), found.text());
    assertEquals(3, sample.select("header .strip .row").size());
  }

  @Test
  void write_sample_leadsFromAScoreToItsQuestions() {
    Element link = sample.selectFirst("table.scores a");
    Element questions = sample.getElementById(link.attr("href").substring(1));
    assertEquals("none: questions", questions.selectFirst("summary").text());
    assertTrue(questions.text().contains("Which colour is the disc?"), questions.text());
    assertTrue(questions.text().contains("Said: nothing"), questions.text());
    assertTrue(
        questions.selectFirst("pre").text().contains("compression = 'none' AND kv = 'full'"));
    assertEquals(12, sample.select("table.scores a").size());
  }

  @Test
  void write_anotherSweep_standsBesideThisOne() {
    assertEquals("this-sweep", sample.select("#beside thead th").get(2).text());
    assertEquals("another-sweep", sample.select("#beside thead th").get(3).text());
    List<Element> rows = sample.select("#beside tbody tr");
    assertEquals(24, rows.size());
    assertEquals("none", rows.get(0).child(0).text());
    assertEquals("+0.0", rows.get(0).child(4).text());
    assertEquals("not run", rows.get(rows.size() - 2).child(3).text());
    assertEquals("–", rows.get(rows.size() - 2).child(4).text());
  }

  @Test
  void text_sample_isTheTableInAlignedColumns() {
    String[] lines = TextTable.of(SampleReport.results()).split("\\R");
    assertEquals("llava-onevision-qwen2-7b@1f2e3d4, uniform:frames=32", lines[1]);
    assertTrue(lines[2].startsWith("compression             KV      tokens"), lines[2]);
    assertTrue(lines[3].startsWith("none                    full    100.0%  58.5 ± 1.6"), lines[3]);
    for (int row = 3; row < 15; row++) {
      assertEquals(lines[2].indexOf("tokens") + 6, lines[row].indexOf('%') + 1, lines[row]);
    }
    assertTrue(
        String.join("\n", lines).contains("videomme: 900 questions about 300 videos"),
        String.join("\n", lines));
  }
}
