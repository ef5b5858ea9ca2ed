package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.CellQuestions;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * Questions behind a cell's score.
 *
 * @param id where a score links to
 * @param query that gives all of them
 * @param lists some of them, by what became of them; none where all are right
 */
record QuestionsView(String id, CellName cell, String query, List<Named> lists) {

  /** Questions under a heading. */
  record Named(String name, List<CellQuestions.Shown> questions) {}

  /** Of a benchmark's cells, in the order of the results. */
  static List<QuestionsView> all(
      String id, List<Result> results, List<CellQuestions> questions, Legend legend) {
    List<QuestionsView> views = new ArrayList<>();
    for (Result result : results) {
      questions.stream()
          .filter(
              each ->
                  each.cell().equals(result.cell())
                      && each.task().equals(result.task())
                      && each.version().equals(result.version()))
          .findFirst()
          .ifPresent(each -> views.add(of(id + "-questions-" + (views.size() + 1), each, legend)));
    }
    return views;
  }

  private static QuestionsView of(String id, CellQuestions questions, Legend legend) {
    List<Named> lists = new ArrayList<>();
    boolean baseline = questions.cell().isBaseline();
    add(lists, baseline ? "Wrong" : "Wrong here, right from all tokens", questions.lost());
    add(lists, "Right here, wrong from all tokens", questions.gained());
    add(lists, "Wrong here and from all tokens", questions.wrong());
    return new QuestionsView(
        id, CellName.of(questions.cell(), legend), query(questions), List.copyOf(lists));
  }

  private static void add(List<Named> lists, String name, List<CellQuestions.Shown> questions) {
    if (!questions.isEmpty()) {
      lists.add(new Named(name, questions));
    }
  }

  private static String query(CellQuestions of) {
    Cell cell = of.cell();
    return "SELECT doc_id, video_id, question, gold, response, score FROM 'samples/*.parquet'"
        + " WHERE task = %s AND version = %s AND model = %s AND sampling = %s AND compression = %s AND kv = %s"
            .formatted(
                text(of.task()),
                text(of.version()),
                text(cell.model()),
                text(cell.sampling()),
                text(cell.compression()),
                text(cell.kv()));
  }

  private static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}
