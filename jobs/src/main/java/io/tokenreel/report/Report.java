package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.CellQuestions;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import io.tokenreel.jinja.JinjaTemplate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A sweep's results as one HTML file that opens without a network: the table as papers print it,
 * the figures of accuracy and of cost against tokens, and videos with the tokens that each
 * compression keeps.
 *
 * <p>Figures need a font on this machine. Where there is none the report says so and has tables
 * only, for a sweep takes hours and its numbers are in the tables.
 */
public final class Report {

  private final Contents contents;

  /**
   * What a report shows.
   *
   * @param results at least one; methods and benchmarks are shown in the order in which they come
   *     first here
   * @param examples may be empty
   * @param questions behind the scores; may be empty
   * @param provenance what the results came from, name to text, in the order of its iteration
   * @param beside another sweep to set beside this one; null for none
   */
  public record Contents(
      String title,
      List<Result> results,
      List<Example> examples,
      List<CellQuestions> questions,
      Map<String, String> provenance,
      Beside beside) {

    public Contents {
      results = List.copyOf(results);
      examples = List.copyOf(examples);
      questions = List.copyOf(questions);
      provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
    }
  }

  /**
   * Another sweep's results.
   *
   * @param first what the report's own sweep is called beside it
   * @param name what the other one is called
   */
  public record Beside(String first, String name, List<Result> results) {

    public Beside {
      results = List.copyOf(results);
    }
  }

  /**
   * Takes what to show.
   *
   * @throws IllegalArgumentException for no title, no result, two results of the same cell,
   *     benchmark and group, or an example whose selections do not fit its frames
   */
  public Report(Contents contents) {
    if (contents.title().isBlank()) {
      throw new IllegalArgumentException("a report needs a title; got '" + contents.title() + "'");
    }
    if (contents.results().isEmpty()) {
      throw new IllegalArgumentException("a report needs at least one result; got none");
    }
    rejectDoubles(contents.results());
    contents.examples().forEach(ExampleView::check);
    this.contents = contents;
  }

  private static void rejectDoubles(List<Result> results) {
    record Key(Cell cell, Benchmark benchmark, String group) {}
    Set<Key> seen = new HashSet<>();
    for (Result result : results) {
      Key key = new Key(result.cell(), Benchmark.of(result), result.group());
      if (!seen.add(key)) {
        throw new IllegalArgumentException(
            "expected one result for each cell, benchmark and group; got two for " + key);
      }
    }
  }

  /**
   * Writes the report as UTF-8 and leaves the stream open.
   *
   * @throws IOException when the stream cannot be written
   */
  public void write(OutputStream out) throws IOException {
    Page page = Page.of(contents, script());
    JinjaTemplate template = JinjaTemplate.html(Report.class, "report.html");
    out.write(template.render(Map.of("page", page)).getBytes(StandardCharsets.UTF_8));
  }

  private static String script() throws IOException {
    try (InputStream in = Report.class.getResourceAsStream("report.js")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
