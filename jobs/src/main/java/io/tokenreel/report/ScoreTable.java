package io.tokenreel.report;

import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A table as papers print it: cells down, in groups of about one share of tokens, and benchmarks
 * across, or the groups of one.
 *
 * @param meanOf how many columns have a score, where a row has their mean; else 0
 */
record ScoreTable(List<Heading> columns, List<Group> groups, int meanOf) {

  /** What is over a column. */
  record Heading(String name, List<String> details) {

    private static Heading of(Benchmark benchmark) {
      return new Heading(benchmark.task(), List.of(benchmark.metric(), benchmark.version()));
    }

    private static Heading of(String group) {
      return new Heading(group.isEmpty() ? "all" : group, List.of());
    }
  }

  /** Rows of about one share, the baseline first, the others in the order of the results. */
  record Group(String label, List<Row> rows) {}

  /**
   * A cell.
   *
   * @param share of tokens that it truly has, from the least to the most over the columns
   * @param scores one per column
   * @param meanRetained over all scored columns, as a percentage of the baseline's; a row that
   *     lacks one has none, for its mean would be of other benchmarks
   */
  record Row(CellName cell, String share, List<ScoreView> scores, String meanRetained) {}

  /**
   * Of all benchmarks of a setup.
   *
   * @param questions where a result's questions are; empty where they are not shown
   */
  static ScoreTable ofBenchmarks(
      List<Result> results, Legend legend, Function<Result, String> questions) {
    List<Result> whole = results.stream().filter(one -> one.group().isEmpty()).toList();
    List<Benchmark> benchmarks = results.stream().map(Benchmark::of).distinct().toList();
    List<Benchmark> scored =
        whole.stream().filter(one -> one.score() != null).map(Benchmark::of).distinct().toList();
    return new ScoreTable(
        benchmarks.stream().map(Heading::of).toList(),
        groups(whole, Benchmark::of, benchmarks, scored, legend, questions),
        scored.size() > 1 ? scored.size() : 0);
  }

  /** Of one benchmark's results; without a column where it has no groups. */
  static ScoreTable ofGroups(List<Result> results, Legend legend) {
    List<String> groups = results.stream().map(Result::group).distinct().sorted().toList();
    if (groups.size() < 2) {
      return new ScoreTable(List.of(), List.of(), 0);
    }
    return new ScoreTable(
        groups.stream().map(Heading::of).toList(),
        groups(results, Result::group, groups, List.of(), legend, one -> ""),
        0);
  }

  /** Columns in all: the cell's two, the scores, the mean. Public, for the template calls it. */
  public int width() {
    return 2 + columns.size() + (meanOf > 0 ? 1 : 0);
  }

  private static <K> List<Group> groups(
      List<Result> results,
      Function<Result, K> key,
      List<K> columns,
      List<K> averaged,
      Legend legend,
      Function<Result, String> questions) {
    List<Group> groups = new ArrayList<>();
    for (ShareGroup group : ShareGroup.all(results)) {
      Map<K, String> best = best(group, key);
      List<Row> rows = new ArrayList<>();
      group
          .cells()
          .forEach(
              (cell, own) -> {
                Map<K, Result> byColumn = new HashMap<>();
                own.forEach(one -> byColumn.put(key.apply(one), one));
                rows.add(
                    new Row(
                        CellName.of(cell, legend),
                        range(own),
                        columns.stream()
                            .map(
                                column ->
                                    ScoreView.of(
                                        byColumn.get(column),
                                        best.get(column),
                                        link(byColumn.get(column), questions)))
                            .toList(),
                        mean(averaged.stream().map(byColumn::get).toList())));
              });
      groups.add(new Group(group.label(), rows));
    }
    return groups;
  }

  private static String link(Result result, Function<Result, String> questions) {
    return result == null ? "" : questions.apply(result);
  }

  /** The best score of each column as it is printed, where compressions compete. */
  private static <K> Map<K, String> best(ShareGroup group, Function<Result, K> key) {
    Map<K, String> best = new HashMap<>();
    List<Result> rivals =
        group.cells().values().stream()
            .flatMap(List::stream)
            .filter(one -> !one.cell().isBaseline() && ScoreView.isScored(one))
            .toList();
    Groups.by(key, rivals)
        .forEach(
            (column, own) -> {
              if (own.stream().map(one -> one.cell().compression()).distinct().count() > 1) {
                own.stream()
                    .max((a, b) -> Double.compare(a.score().mean(), b.score().mean()))
                    .ifPresent(one -> best.put(column, ScoreView.score(one)));
              }
            });
    return best;
  }

  private static String mean(List<Result> results) {
    double[] retained = results.stream().mapToDouble(ScoreView::retained).toArray();
    return Numbers.percentage(Arrays.stream(retained).average().orElse(Double.NaN));
  }

  private static String range(List<Result> results) {
    DoubleSummaryStatistics shares =
        results.stream()
            .mapToDouble(one -> one.cost().tokenShare())
            .filter(Double::isFinite)
            .summaryStatistics();
    if (shares.getCount() == 0) {
      return Numbers.NONE;
    }
    String least = Numbers.percent(shares.getMin());
    String most = Numbers.percent(shares.getMax());
    return least.equals(most) ? most : least + " to " + most;
  }
}
