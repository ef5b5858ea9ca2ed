package io.tokenreel.report;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * All that the template reads. Every value is text or a number that stands as it is printed.
 *
 * @param note what the reader must know of this report itself; empty for nothing
 * @param provenance what the results came from, then what short names stand for
 * @param strip what compressions keep of the first video, in a few frames; may be empty
 * @param picks 0 .. the most compressions of an example, for the rules that show one of them
 * @param beside another sweep beside this one; none or one
 * @param script copies, filters and sorts tables; the page is whole without it
 */
record Page(
    String title,
    String note,
    List<Fact> provenance,
    List<Setup> setups,
    List<StripView> strip,
    List<ExampleView> examples,
    List<Integer> picks,
    List<BesideView> beside,
    String script) {

  private static final String NO_FONTS =
      "This report has no figures: Java found no font on the machine that wrote it. Install"
          + " fontconfig and a font there, such as DejaVu Sans. The tables hold the same numbers.";

  /** A name and what is to be known of it. */
  record Fact(String name, String text) {

    private static final int CHARACTERS_OF_A_COLUMN = 120;

    /** Whether it takes a line of the page. Public for the template. */
    public boolean isLong() {
      return text.length() > CHARACTERS_OF_A_COLUMN;
    }
  }

  static Page of(Report.Contents contents, String script) {
    Legend legend = Legend.of(contents.results(), contents.examples());
    List<ExampleView> videos =
        IntStream.range(0, contents.examples().size())
            .mapToObj(i -> ExampleView.of("video-" + (i + 1), contents.examples().get(i), legend))
            .toList();
    int choices = videos.stream().mapToInt(video -> video.choices().size()).max().orElse(0);
    List<Setup> setups = Setup.all(contents.results(), contents.questions(), legend);
    return new Page(
        contents.title(),
        Chart.canDraw() ? "" : NO_FONTS,
        Stream.concat(
                contents.provenance().entrySet().stream()
                    .map(line -> new Fact(line.getKey(), line.getValue())),
                legend.abbreviations().stream())
            .toList(),
        setups,
        StripView.of(videos, setups),
        videos,
        IntStream.range(0, choices).boxed().toList(),
        contents.beside() == null
            ? List.of()
            : List.of(
                BesideView.of(
                    contents.beside().first(),
                    contents.results(),
                    contents.beside().name(),
                    contents.beside().results(),
                    legend)),
        script);
  }

  /** The script's digest, by which the page allows this very script. Public for the template. */
  public String scriptDigest() {
    return Base64.getEncoder()
        .encodeToString(DigestUtils.sha256(script.getBytes(StandardCharsets.UTF_8)));
  }
}
