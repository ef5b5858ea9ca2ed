package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * The table as papers print it: cells down, in groups of about one share of tokens, and benchmarks
 * across.
 *
 * @param scored those of the benchmarks that have a score
 */
record ScoreTable(List<Benchmark> benchmarks, List<Group> groups, List<Benchmark> scored) {

  /** A share is about that of its group's first when it is no more than this part below it. */
  private static final double SAME_SHARE = 0.1;

  private static final double NEARLY_ALL = 0.995;

  /** Rows of about one share, the baseline first, the others in the order of the results. */
  record Group(String label, List<Row> rows) {}

  /**
   * A cell on all benchmarks.
   *
   * @param share of tokens that it truly has, from the least to the most over the benchmarks
   * @param scores one per benchmark
   * @param meanRetained over all scored benchmarks, as a percentage of the baseline's; a row that
   *     lacks one has none, for its mean would be of other benchmarks
   */
  record Row(
      String compression, String kv, String share, List<ScoreView> scores, String meanRetained) {}

  static ScoreTable of(List<Result> results) {
    List<Benchmark> benchmarks = List.copyOf(Groups.by(Benchmark::of, results).keySet());
    List<Result> whole = results.stream().filter(one -> one.group().isEmpty()).toList();
    List<CellResults> cells = new ArrayList<>();
    Groups.by(Result::cell, whole).forEach((cell, own) -> cells.add(new CellResults(cell, own)));
    List<Benchmark> scored =
        whole.stream().filter(one -> one.score() != null).map(Benchmark::of).distinct().toList();
    List<Group> groups = new ArrayList<>();
    for (List<CellResults> group : byShare(cells)) {
      List<Row> rows = group.stream().map(cell -> row(cell, benchmarks, scored)).toList();
      groups.add(new Group(label(group), rows));
    }
    return new ScoreTable(benchmarks, groups, scored);
  }

  /** Whether a mean over benchmarks says more than they do. Public, for the template calls it. */
  public boolean hasMean() {
    return scored.size() > 1;
  }

  /** Columns in all: the cell's three, the benchmarks, the mean. */
  public int columns() {
    return 3 + benchmarks.size() + (hasMean() ? 1 : 0);
  }

  private record CellResults(Cell cell, List<Result> results) {

    DoubleStream shares() {
      return results.stream().mapToDouble(one -> one.cost().tokenShare());
    }

    /** 0 where no answer has a cost. */
    double share() {
      return shares().filter(Double::isFinite).average().orElse(0);
    }
  }

  private static List<List<CellResults>> byShare(List<CellResults> cells) {
    List<CellResults> descending = new ArrayList<>(cells);
    descending.sort(Comparator.comparingDouble(CellResults::share).reversed());
    List<List<CellResults>> groups = new ArrayList<>();
    double first = Double.POSITIVE_INFINITY;
    for (CellResults cell : descending) {
      if (cell.share() < first * (1 - SAME_SHARE)) {
        groups.add(new ArrayList<>());
        first = cell.share();
      }
      groups.get(groups.size() - 1).add(cell);
    }
    groups.forEach(
        group ->
            group.sort(
                Comparator.comparing((CellResults one) -> !one.cell.isBaseline())
                    .thenComparing(cells::indexOf)));
    return groups;
  }

  private static String label(List<CellResults> group) {
    double share = group.stream().mapToDouble(CellResults::share).average().orElseThrow();
    if (share == 0) {
      return "No answers";
    }
    return share >= NEARLY_ALL
        ? "All tokens"
        : "About %s%% of the tokens".formatted(Numbers.whole(100 * share));
  }

  private static Row row(CellResults cell, List<Benchmark> benchmarks, List<Benchmark> scored) {
    Map<Benchmark, Result> results = new HashMap<>();
    cell.results.forEach(one -> results.put(Benchmark.of(one), one));
    double[] retained =
        scored.stream().map(results::get).mapToDouble(ScoreView::retained).toArray();
    return new Row(
        cell.cell.compression(),
        cell.cell.kv(),
        range(cell.shares().filter(Double::isFinite).summaryStatistics()),
        benchmarks.stream().map(one -> ScoreView.of(results.get(one))).toList(),
        Numbers.percentage(Arrays.stream(retained).average().orElse(Double.NaN)));
  }

  private static String range(DoubleSummaryStatistics shares) {
    if (shares.getCount() == 0) {
      return Numbers.NONE;
    }
    String least = Numbers.percent(shares.getMin());
    String most = Numbers.percent(shares.getMax());
    return least.equals(most) ? most : least + " to " + most;
  }
}
