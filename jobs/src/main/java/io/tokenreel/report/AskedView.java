package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Example;
import io.tokenreel.eval.result.Example.Asked;
import io.tokenreel.eval.result.Example.Said;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A question about a video.
 *
 * @param tally how many answers are right
 * @param answers in the order of the report's cells
 */
record AskedView(
    int number,
    String task,
    String questionId,
    String question,
    String gold,
    String tally,
    List<SaidView> answers) {

  private static final String NO_ANSWER = "no answer";
  private static final SaidView NOT_ASKED =
      new SaidView(-1, new CellName("", ""), "not asked", "unsaid", Verdict.NOT_SCORED);

  /**
   * An answer.
   *
   * @param choice the number of its compression among the example's; -1 for one that is not there
   * @param kind {@code said}, or {@code unsaid} where there is no answer
   */
  record SaidView(int choice, CellName cell, String response, String kind, Verdict verdict) {}

  /** A cell with its answer to each question. */
  record Answerer(int choice, CellName cell, List<SaidView> answers) {}

  /**
   * Whether an answer is right, in a sign, a word and the stylesheet's class. The word is none that
   * answers are made of.
   */
  record Verdict(String sign, String word, String kind) {

    private static final Verdict RIGHT = new Verdict("✓", "ok", "right");
    private static final Verdict WRONG = new Verdict("✗", "wrong", "wrong");
    private static final Verdict NOT_SCORED = new Verdict("", "not scored", "unsaid");

    private static Verdict of(Boolean correct) {
      if (correct == null) {
        return NOT_SCORED;
      }
      return correct ? RIGHT : WRONG;
    }
  }

  /**
   * An example's questions.
   *
   * @param choices compressions in the order of their numbers
   */
  static List<AskedView> all(Example example, List<String> choices, Legend legend) {
    List<AskedView> questions = new ArrayList<>();
    for (Asked asked : example.questions()) {
      questions.add(
          new AskedView(
              questions.size() + 1,
              asked.task(),
              asked.questionId(),
              asked.question(),
              asked.gold(),
              tally(asked.answers()),
              asked.answers().stream()
                  .sorted(Comparator.comparing(Said::cell, legend.order()))
                  .map(said -> of(said, example.baseline(), choices, legend))
                  .toList()));
    }
    return questions;
  }

  /** All who answer any of the questions. */
  static List<Answerer> answerers(List<AskedView> questions) {
    Map<CellName, Integer> cells = new LinkedHashMap<>();
    List<Map<CellName, SaidView>> answers = new ArrayList<>();
    for (AskedView question : questions) {
      Map<CellName, SaidView> own = new LinkedHashMap<>();
      for (SaidView said : question.answers) {
        cells.putIfAbsent(said.cell, said.choice);
        own.put(said.cell, said);
      }
      answers.add(own);
    }
    List<Answerer> answerers = new ArrayList<>();
    cells.forEach(
        (cell, choice) ->
            answerers.add(
                new Answerer(
                    choice,
                    cell,
                    answers.stream().map(own -> own.getOrDefault(cell, NOT_ASKED)).toList())));
    return answerers;
  }

  private static String tally(List<Said> answers) {
    List<Boolean> verdicts = answers.stream().map(Said::correct).filter(Objects::nonNull).toList();
    return verdicts.isEmpty()
        ? "Not scored"
        : "%d of %d answers are right"
            .formatted(verdicts.stream().filter(right -> right).count(), verdicts.size());
  }

  private static SaidView of(Said said, Cell baseline, List<String> choices, Legend legend) {
    Cell cell = said.cell();
    boolean sameSetup =
        cell.model().equals(baseline.model()) && cell.sampling().equals(baseline.sampling());
    String kv = legend.kv(cell.kv());
    String setup = cell.model() + ", " + cell.sampling();
    boolean answered = said.response() != null;
    return new SaidView(
        sameSetup ? choices.indexOf(cell.compression()) : -1,
        new CellName(cell.compression(), sameSetup ? kv : kv.isEmpty() ? setup : setup + ", " + kv),
        answered ? said.response() : NO_ANSWER,
        answered ? "said" : "unsaid",
        Verdict.of(said.correct()));
  }
}
