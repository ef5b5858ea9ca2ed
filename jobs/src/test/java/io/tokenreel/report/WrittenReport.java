package io.tokenreel.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;

/** A report as a browser reads it. */
final class WrittenReport {

  private WrittenReport() {}

  /** Fails where the HTML is not well formed. */
  static Document of(List<Result> results, List<Example> examples, Map<String, String> provenance)
      throws IOException {
    return of(new Report.Contents("A sweep", results, examples, List.of(), provenance, null));
  }

  /** As {@link #of(List, List, Map)}, of all that a report shows. */
  static Document of(Report.Contents contents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new Report(contents).write(out);
    Parser parser = Parser.htmlParser().setTrackErrors(10);
    Document page = parser.parseInput(out.toString(StandardCharsets.UTF_8), "");
    assertEquals(List.of(), parser.getErrors());
    return page;
  }
}
