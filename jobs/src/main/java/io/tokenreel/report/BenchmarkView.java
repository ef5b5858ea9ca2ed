package io.tokenreel.report;

import io.tokenreel.eval.result.CellQuestions;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * A benchmark's own section.
 *
 * @param keys the lines of its figures
 * @param groups scores with the benchmark's groups across; of no column where it has none
 * @param slices the whole benchmark first, then its groups
 * @param questions behind the scores of the whole benchmark; may be empty
 */
record BenchmarkView(
    String id,
    Benchmark benchmark,
    List<Figure.Key> keys,
    List<Figure> figures,
    ScoreTable groups,
    List<Slice> slices,
    List<QuestionsView> questions) {

  /** Where a cell's questions are; empty where they are not shown. */
  String questionsOf(Result result, Legend legend) {
    return questions.stream()
        .filter(view -> view.cell().equals(CellName.of(result.cell(), legend)))
        .map(QuestionsView::id)
        .findFirst()
        .orElse("");
  }

  static BenchmarkView of(
      String id,
      Benchmark benchmark,
      List<Result> results,
      List<CellQuestions> questions,
      Legend legend) {
    List<Slice> slices = new ArrayList<>();
    List<Figure> figures = new ArrayList<>();
    Groups.by(Result::group, results)
        .forEach(
            (group, own) -> {
              boolean whole = group.isEmpty();
              slices.add(
                  whole ? 0 : slices.size(),
                  Slice.of(id + "-" + slices.size(), benchmark, group, own, legend));
              if (whole) {
                figures.addAll(new ResultFigures(id, benchmark, own, legend).all());
              }
            });
    return new BenchmarkView(
        id,
        benchmark,
        results.stream().map(one -> Method.of(one.cell())).distinct().map(legend::key).toList(),
        figures,
        ScoreTable.ofGroups(results, legend),
        slices,
        QuestionsView.all(
            id, results.stream().filter(one -> one.group().isEmpty()).toList(), questions, legend));
  }
}
