package io.tokenreel.report;

import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Quartiles;
import io.tokenreel.eval.result.Result;
import io.tokenreel.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** The figures of one benchmark: what tokens buy, and what they take. */
final class ResultFigures {

  private static final double ALL_PERCENT = 100;

  private final String id;
  private final Benchmark benchmark;
  private final Map<Method, List<Result>> lines;
  private final Legend legend;

  ResultFigures(String id, Benchmark benchmark, List<Result> results, Legend legend) {
    this.id = id;
    this.benchmark = benchmark;
    this.lines = Groups.by(one -> Method.of(one.cell()), results);
    this.legend = legend;
  }

  List<Figure> all() {
    return Figure.drawn(
        List.of(
            accuracy(),
            cost("prefill", "Prefill time", "Prefill, ms", Cost::prefill, Cost::prefillMillis, 1),
            cost("decode", "Decoding time", "Decoding, ms", Cost::decode, Cost::decodeMillis, 1),
            cost(
                "kv",
                "Peak memory of keys and values",
                "KV, MiB",
                Cost::kvPeak,
                Cost::kvBytesPeak,
                Numbers.mebibytes(1))));
  }

  private Figure accuracy() {
    return figure(
        "accuracy",
        "Score on %s against the share of tokens, with 95%% intervals; the thin line is the baseline's"
            .formatted(benchmark.task()),
        new Axis("Share of tokens, %", 0, ALL_PERCENT),
        Axis.free(benchmark.metric()),
        baselineScore(),
        this::scored);
  }

  /** Medians with the quartiles about them; means where there are none. */
  private Figure cost(
      String name,
      String what,
      String yTitle,
      Function<Cost, Quartiles> quartiles,
      ToDoubleFunction<Cost> mean,
      double unit) {
    return figure(
        name,
        "%s on %s against visual tokens: the median, with the middle half"
            .formatted(what, benchmark.task()),
        Axis.fromZero("Visual tokens of a video"),
        Axis.fromZero(yTitle),
        Double.NaN,
        result -> {
          Quartiles of = quartiles.apply(result.cost());
          double tokens = result.cost().visualTokens();
          return Double.isNaN(of.median())
              ? Point.of(tokens, unit * mean.applyAsDouble(result.cost()))
              : new Point(tokens, unit * of.median(), unit * of.low(), unit * of.high());
        });
  }

  private double baselineScore() {
    return lines.values().stream()
        .flatMap(List::stream)
        .filter(one -> one.cell().isBaseline() && ScoreView.isScored(one))
        .mapToDouble(one -> benchmark.scale() * one.score().mean())
        .findFirst()
        .orElse(Double.NaN);
  }

  private Point scored(Result result) {
    double share = ALL_PERCENT * result.cost().tokenShare();
    Estimate score = result.score();
    if (!ScoreView.isScored(result)) {
      return Point.of(share, Double.NaN);
    }
    double scale = benchmark.scale();
    return new Point(share, scale * score.mean(), scale * score.low(), scale * score.high());
  }

  private Figure figure(
      String name,
      String caption,
      Axis x,
      Axis y,
      double reference,
      Function<Result, Point> point) {
    List<Series> series = new ArrayList<>();
    lines.forEach(
        (method, results) ->
            series.add(new Series(legend.style(method), results.stream().map(point).toList())));
    series.removeIf(line -> line.points().isEmpty());
    String description =
        "%s: %d methods. The numbers are in the tables below.".formatted(caption, series.size());
    return series.isEmpty()
        ? Figure.NONE
        : Figure.of(id + "-" + name, caption, new Chart(description, x, y, reference, series));
  }
}
