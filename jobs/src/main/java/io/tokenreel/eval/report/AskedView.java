package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Example.Asked;
import io.tokenreel.eval.result.Example.Said;
import java.util.ArrayList;
import java.util.List;

/**
 * A question about a video.
 *
 * @param tally how many answers are right
 */
record AskedView(
    String task,
    String questionId,
    String question,
    String gold,
    String tally,
    List<SaidView> answers) {

  private static final String NO_ANSWER = "no answer";

  /**
   * An answer.
   *
   * @param choice the number of its compression among the example's; -1 for one that is not there
   * @param detail what else the cell differs in from the example's baseline; empty for nothing
   * @param kind {@code said}, or {@code unsaid} where there is no answer
   * @param verdict {@code right} or {@code wrong}
   */
  record SaidView(
      int choice,
      String compression,
      String detail,
      String response,
      String kind,
      String verdict) {}

  /**
   * An example's questions.
   *
   * @param choices compressions in the order of their numbers
   */
  static List<AskedView> all(Example example, List<String> choices) {
    return example.questions().stream()
        .map(asked -> of(asked, example.baseline(), choices))
        .toList();
  }

  private static AskedView of(Asked asked, Cell baseline, List<String> choices) {
    long right = asked.answers().stream().filter(Said::correct).count();
    return new AskedView(
        asked.task(),
        asked.questionId(),
        asked.question(),
        asked.gold(),
        "%d of %d answers are right".formatted(right, asked.answers().size()),
        asked.answers().stream().map(said -> of(said, baseline, choices)).toList());
  }

  private static SaidView of(Said said, Cell baseline, List<String> choices) {
    Cell cell = said.cell();
    boolean sameSetup =
        cell.model().equals(baseline.model()) && cell.sampling().equals(baseline.sampling());
    List<String> detail = new ArrayList<>();
    if (!sameSetup) {
      detail.add(cell.model() + ", " + cell.sampling());
    }
    if (!cell.kv().equals(baseline.kv())) {
      detail.add("KV cache " + cell.kv());
    }
    return new SaidView(
        sameSetup ? choices.indexOf(cell.compression()) : -1,
        cell.compression(),
        String.join(", ", detail),
        said.response() == null ? NO_ANSWER : said.response(),
        said.response() == null ? "unsaid" : "said",
        said.correct() ? "right" : "wrong");
  }
}
