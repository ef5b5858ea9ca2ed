package io.tokenreel.report;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Difference;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a benchmark's scores come to, in sentences: the best compression of each share of tokens,
 * and each KV cache with all tokens.
 *
 * @param link where its numbers are
 * @param asked how many questions about what, and what all tokens give
 * @param found a sentence each
 */
record Findings(String link, String task, String asked, List<Finding> found) {

  /** A cell, and what it gives. */
  record Finding(String cell, String text) {}

  /**
   * Of all whole benchmarks of a setup.
   *
   * @param results of one model and sampling
   */
  static List<Findings> all(List<BenchmarkView> views, List<Result> results, Legend legend) {
    List<Findings> all = new ArrayList<>();
    for (BenchmarkView view : views) {
      List<Result> own =
          results.stream()
              .filter(one -> one.group().isEmpty() && Benchmark.of(one).equals(view.benchmark()))
              .toList();
      if (!own.isEmpty()) {
        all.add(of(view.id(), own, legend));
      }
    }
    return all;
  }

  private static Findings of(String link, List<Result> results, Legend legend) {
    Result first = results.get(0);
    Optional<Result> baseline = results.stream().filter(one -> one.cell().isBaseline()).findFirst();
    String given =
        baseline.isEmpty() || !ScoreView.isScored(baseline.get())
            ? "The baseline has no score: %s."
                .formatted(baseline.map(ScoreView::score).orElse("not run"))
            : "All tokens give %s.".formatted(score(baseline.get()));
    return new Findings(
        link,
        first.task(),
        "%s questions about %s videos, asked as %s does. %s"
            .formatted(
                Numbers.whole(first.counts().questions()),
                Numbers.whole(first.counts().videos()),
                first.version(),
                given),
        found(results, legend));
  }

  private static List<Finding> found(List<Result> results, Legend legend) {
    List<Finding> found = new ArrayList<>();
    List<Result> compressed =
        results.stream()
            .filter(one -> one.cell().kv().equals(Cell.ALL_KEYS) && ScoreView.isScored(one))
            .toList();
    for (ShareGroup group : ShareGroup.all(compressed)) {
      best(group.cells().values().stream().flatMap(List::stream).toList(), Findings::compresses)
          .ifPresent(
              one ->
                  found.add(
                      new Finding(
                          one.cell().compression(),
                          "at %s of the tokens: %s"
                              .formatted(Numbers.percent(one.cost().tokenShare()), against(one)))));
    }
    for (Result one : results) {
      if (one.cell().compression().equals(Cell.ALL_TOKENS)
          && !one.cell().isBaseline()
          && ScoreView.isScored(one)) {
        found.add(
            new Finding("none, " + legend.kv(one.cell().kv()), "with all tokens: " + against(one)));
      }
    }
    return found;
  }

  private static boolean compresses(Result result) {
    return !result.cell().compression().equals(Cell.ALL_TOKENS);
  }

  private static Optional<Result> best(List<Result> results, Predicate<Result> allowed) {
    return results.stream()
        .filter(allowed)
        .max(Comparator.comparingDouble(one -> one.score().mean()));
  }

  private static String score(Result result) {
    double error = 100 * result.score().standardError();
    String score = Numbers.percent(result.score().mean());
    return Double.isNaN(error) ? score : score + " ±\u00a0" + Numbers.fixed(error, 1);
  }

  private static String against(Result result) {
    return score(result)
        + Optional.ofNullable(result.difference()).map(Findings::points).orElse("");
  }

  private static String points(Difference difference) {
    double points = 100 * difference.estimate().mean();
    String much = Numbers.fixed(Math.abs(points), 1);
    String than =
        much.equals("0.0")
            ? "as much as all"
            : "%s points %s than all".formatted(much, points < 0 ? "less" : "more");
    String low = Numbers.signed(100 * difference.estimate().low(), 1);
    String high = Numbers.signed(100 * difference.estimate().high(), 1);
    return low.equals(Numbers.NONE)
        ? ", " + than
        : ", %s (95%% interval %s to %s)".formatted(than, low, high);
  }
}
