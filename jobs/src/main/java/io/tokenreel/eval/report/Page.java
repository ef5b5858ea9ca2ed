package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * All that the template reads. Every value is text or a number that stands as it is printed.
 *
 * @param note what the reader must know of this report itself; empty for nothing
 * @param picks 0 .. the most compressions of an example, for the rules that show one of them
 */
record Page(
    String title,
    String note,
    List<Fact> provenance,
    List<Setup> setups,
    List<ExampleView> examples,
    List<Integer> picks) {

  private static final String NO_FONTS =
      "This report has no figures: Java found no font on the machine that wrote it. Install"
          + " fontconfig and a font there, such as DejaVu Sans. The tables hold the same numbers.";

  /** A line of provenance. */
  record Fact(String name, String text) {}

  Page(String title, List<Result> results, List<Example> examples, Map<String, String> provenance) {
    this(
        title,
        Chart.canDraw() ? "" : NO_FONTS,
        provenance.entrySet().stream()
            .map(line -> new Fact(line.getKey(), line.getValue()))
            .toList(),
        Setup.all(results),
        IntStream.range(0, examples.size())
            .mapToObj(i -> ExampleView.of("video-" + (i + 1), examples.get(i)))
            .toList(),
        IntStream.rangeClosed(
                0, examples.stream().mapToInt(one -> one.selections().size()).max().orElse(0))
            .boxed()
            .toList());
  }
}
