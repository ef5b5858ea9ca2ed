package io.tokenreel.eval.result;

import java.util.List;

/**
 * Some of the questions behind a cell's score, for a look.
 *
 * @param lost that the cell gets wrong and the baseline right; of the baseline that it gets wrong
 * @param gained that the cell gets right and the baseline wrong
 * @param wrong that both get wrong; none of the baseline
 */
public record CellQuestions(
    Cell cell,
    String task,
    String version,
    List<Shown> lost,
    List<Shown> gained,
    List<Shown> wrong) {

  public CellQuestions {
    lost = List.copyOf(lost);
    gained = List.copyOf(gained);
    wrong = List.copyOf(wrong);
  }

  /**
   * A question.
   *
   * @param gold the right answer
   * @param response what the cell says; null for nothing
   */
  public record Shown(int docId, String videoId, String question, String gold, String response) {}
}
