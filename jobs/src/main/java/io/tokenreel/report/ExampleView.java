package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Example.Frame;
import io.tokenreel.eval.result.Example.Kept;
import io.tokenreel.report.Series.Point;
import io.tokenreel.token.TokenShape;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A video of the report.
 *
 * @param picked the choice that is shown first: a compression if there is one
 * @param choices what one may look at: every token, then what each compression keeps
 * @param budgets retention of frames over time, a line per compression; none without one
 * @param answerers the cells with their answers to all the questions
 */
record ExampleView(
    String id,
    String videoId,
    String shape,
    String viewBox,
    int picked,
    List<Choice> choices,
    List<FrameView> frames,
    List<Figure> budgets,
    List<BudgetRow> budgetRows,
    List<AskedView> questions,
    List<AskedView.Answerer> answerers) {

  /**
   * A compression to choose.
   *
   * @param key its line in the figure of budgets
   */
  record Choice(int number, String compression, String kept, Figure.Key key) {}

  /** A frame with what each choice but the first keeps of it. */
  record FrameView(int number, String seconds, String jpegBase64, List<Layer> layers) {}

  /** What a choice keeps of a frame. */
  record Layer(int choice, Mosaic mosaic) {}

  /** A frame's retention under each choice but the first. */
  record BudgetRow(int number, String seconds, List<String> budgets) {}

  /**
   * Checks an example.
   *
   * @throws IllegalArgumentException where a selection does not fit the frames
   */
  static void check(Example example) {
    if (example.frames().isEmpty()) {
      throw new IllegalArgumentException(
          "example '%s': expected frames to show; got none".formatted(example.videoId()));
    }
    TokenShape shape = example.shape();
    for (Kept kept : example.selections()) {
      int[] index = kept.index();
      if (!shape.holds(index) || kept.budgets().length != example.frames().size()) {
        throw new IllegalArgumentException(
            "example '%s', %s: expected indices in 0 .. %d, ascending, and %d budgets; got %d of %s and %d budgets"
                .formatted(
                    example.videoId(),
                    kept.compression(),
                    shape.tokens() - 1,
                    example.frames().size(),
                    index.length,
                    index.length == 0 ? "none" : index[0] + " .. " + index[index.length - 1],
                    kept.budgets().length));
      }
    }
  }

  static ExampleView of(String id, Example example, Legend legend) {
    List<Kept> selections =
        example.selections().stream()
            .filter(one -> !one.compression().equals(Cell.ALL_TOKENS))
            .sorted(Comparator.comparing(Kept::compression, legend.compressionOrder()))
            .toList();
    Cell baseline = example.baseline();
    List<Choice> choices = choices(example, selections, legend);
    List<AskedView> questions =
        AskedView.all(example, choices.stream().map(Choice::compression).toList(), legend);
    return new ExampleView(
        id,
        example.videoId(),
        "%d frames of %d × %d tokens, %s, %s"
            .formatted(
                example.frames().size(),
                example.gridHeight(),
                example.gridWidth(),
                baseline.model(),
                baseline.sampling()),
        "0 0 %d %d".formatted(example.gridWidth(), example.gridHeight()),
        Math.min(1, selections.size()),
        choices,
        IntStream.range(0, example.frames().size())
            .mapToObj(i -> frame(example, selections, i))
            .toList(),
        Figure.drawn(List.of(budgets(id, example, selections, legend))),
        IntStream.range(0, example.frames().size())
            .mapToObj(i -> budgetRow(example, selections, i))
            .toList(),
        questions,
        AskedView.answerers(questions));
  }

  private static List<Choice> choices(Example example, List<Kept> selections, Legend legend) {
    int tokens = example.shape().tokens();
    List<Choice> choices = new ArrayList<>();
    choices.add(new Choice(0, Cell.ALL_TOKENS, kept(tokens, tokens), Figure.Key.NONE));
    for (Kept selection : selections) {
      String compression = selection.compression();
      choices.add(
          new Choice(
              choices.size(),
              compression,
              kept(selection.index().length, tokens),
              Figure.Key.of(legend.style(compression), compression)));
    }
    return choices;
  }

  private static String kept(int kept, int tokens) {
    return "%s of %s tokens (%s)"
        .formatted(
            Numbers.whole(kept), Numbers.whole(tokens), Numbers.percent((double) kept / tokens));
  }

  private static String seconds(Example example, int frame) {
    return Numbers.fixed(example.frames().get(frame).seconds(), 2);
  }

  private static FrameView frame(Example example, List<Kept> selections, int number) {
    Frame frame = example.frames().get(number);
    List<Layer> layers = new ArrayList<>();
    for (Kept selection : selections) {
      layers.add(new Layer(layers.size() + 1, mosaic(example, selection, number)));
    }
    return new FrameView(
        number + 1,
        seconds(example, number),
        Base64.getEncoder().encodeToString(frame.jpeg()),
        layers);
  }

  private static Mosaic mosaic(Example example, Kept selection, int frame) {
    return Mosaic.of(selection.index(), frame, example.shape());
  }

  private static BudgetRow budgetRow(Example example, List<Kept> selections, int frame) {
    return new BudgetRow(
        frame + 1,
        seconds(example, frame),
        selections.stream().map(one -> Numbers.percent(one.budgets()[frame])).toList());
  }

  private static Figure budgets(String id, Example example, List<Kept> selections, Legend legend) {
    if (selections.isEmpty()) {
      return Figure.NONE;
    }
    List<Series> series =
        selections.stream()
            .map(one -> new Series(legend.style(one.compression()), budgets(example, one)))
            .toList();
    String caption = "Budget of each frame over time";
    return Figure.of(
        id + "-budgets",
        caption,
        new Chart(
            caption + ": %d compressions. The numbers are in the table.".formatted(series.size()),
            Axis.fromZero("Time, s"),
            Axis.fromZero("Tokens kept, %"),
            Double.NaN,
            series));
  }

  private static List<Point> budgets(Example example, Kept selection) {
    return IntStream.range(0, selection.budgets().length)
        .mapToObj(i -> Point.of(example.frames().get(i).seconds(), 100 * selection.budgets()[i]))
        .toList();
  }
}
