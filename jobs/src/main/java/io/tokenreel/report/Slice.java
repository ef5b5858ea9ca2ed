package io.tokenreel.report;

import io.tokenreel.eval.result.Result;
import java.util.Comparator;
import java.util.List;

/**
 * All numbers of a benchmark, or of one of its groups.
 *
 * @param group empty for the whole benchmark
 * @param tables their rows have the baseline first, the others in the order of the results
 */
record Slice(String group, List<NumberTable> tables) {

  static Slice of(
      String id, Benchmark benchmark, String group, List<Result> results, Legend legend) {
    List<Result> rows =
        results.stream()
            .sorted(Comparator.comparing((Result one) -> !one.cell().isBaseline()))
            .toList();
    String name = group.isEmpty() ? benchmark.task() : benchmark.task() + ", " + group;
    return new Slice(
        group,
        List.of(
            NumberTable.of(
                id + "-scores",
                "Scores with errors, and against the baseline",
                "Scores on %s, and against the baseline. Standard errors and 95%% intervals count questions about one video as a cluster; p is McNemar's, exact and two-sided."
                    .formatted(name),
                NumberColumns.SCORES,
                rows,
                legend),
            NumberTable.of(
                id + "-counts",
                "Questions, and what their answers lack",
                "Questions on %s. One without video or answer counts as wrong, and so does one whose answer is unread or would be guessed."
                    .formatted(name),
                NumberColumns.COUNTS,
                rows,
                legend),
            NumberTable.of(
                id + "-costs",
                "Costs",
                "What the answers on %s take, over the questions that were answered: medians, and between which values the middle half lies. Each process answered before it was measured."
                    .formatted(name),
                NumberColumns.COSTS,
                rows,
                legend)));
  }
}
