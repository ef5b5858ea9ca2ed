package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Result;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All that the template reads. Every value is text or a number that stands as it is printed.
 *
 * @param note what the reader must know of this report itself; empty for nothing
 * @param provenance what the results came from, then what short names stand for
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

  /** A name and what is to be known of it. */
  record Fact(String name, String text) {}

  static Page of(
      String title, List<Result> results, List<Example> examples, Map<String, String> provenance) {
    Legend legend = Legend.of(results, examples);
    List<ExampleView> videos =
        IntStream.range(0, examples.size())
            .mapToObj(i -> ExampleView.of("video-" + (i + 1), examples.get(i), legend))
            .toList();
    int choices = videos.stream().mapToInt(video -> video.choices().size()).max().orElse(0);
    return new Page(
        title,
        Chart.canDraw() ? "" : NO_FONTS,
        Stream.concat(
                provenance.entrySet().stream()
                    .map(line -> new Fact(line.getKey(), line.getValue())),
                legend.abbreviations().stream())
            .toList(),
        Setup.all(results, legend),
        videos,
        IntStream.range(0, choices).boxed().toList());
  }
}
