package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model and a sampling: within them, cells have one baseline and stand in one table.
 *
 * @param id starts the ids of all that is in it
 */
record Setup(
    String id,
    String model,
    String sampling,
    ScoreTable table,
    List<Figure.Key> keys,
    List<BenchmarkView> benchmarks) {

  private record Key(String model, String sampling) {}

  static List<Setup> all(List<Result> results) {
    Map<Method, Style> styles = styles(results);
    List<Setup> setups = new ArrayList<>();
    Groups.by(one -> new Key(one.cell().model(), one.cell().sampling()), results)
        .forEach((key, own) -> setups.add(of("setup-" + (setups.size() + 1), key, own, styles)));
    return setups;
  }

  /** A method has the same line in all figures of the report. */
  private static Map<Method, Style> styles(List<Result> results) {
    Map<Method, Style> styles = new LinkedHashMap<>();
    results.forEach(
        one -> styles.computeIfAbsent(Method.of(one.cell()), method -> new Style(styles.size())));
    return styles;
  }

  private static Setup of(String id, Key key, List<Result> results, Map<Method, Style> styles) {
    List<BenchmarkView> benchmarks = new ArrayList<>();
    Groups.by(Benchmark::of, results)
        .forEach(
            (benchmark, own) ->
                benchmarks.add(
                    BenchmarkView.of(
                        id + "-benchmark-" + (benchmarks.size() + 1), benchmark, own, styles)));
    List<Figure.Key> keys =
        Groups.by(one -> Method.of(one.cell()), results).keySet().stream()
            .map(method -> Figure.Key.of(styles.get(method), method.name()))
            .toList();
    return new Setup(id, key.model, key.sampling, ScoreTable.of(results), keys, benchmarks);
  }
}
