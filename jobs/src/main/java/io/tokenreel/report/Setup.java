package io.tokenreel.report;

import io.tokenreel.eval.result.CellQuestions;
import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model and a sampling: within them, cells have one baseline and stand in one table.
 *
 * @param id starts the ids of all that is in it
 * @param findings of each benchmark, in sentences
 */
record Setup(
    String id,
    String model,
    String sampling,
    ScoreTable table,
    List<BenchmarkView> benchmarks,
    List<Findings> findings) {

  private record Key(String model, String sampling) {}

  static List<Setup> all(List<Result> results, Legend legend) {
    return all(results, List.of(), legend);
  }

  static List<Setup> all(List<Result> results, List<CellQuestions> questions, Legend legend) {
    List<Setup> setups = new ArrayList<>();
    Groups.by(one -> new Key(one.cell().model(), one.cell().sampling()), results)
        .forEach(
            (key, own) ->
                setups.add(of("setup-" + (setups.size() + 1), key, own, questions, legend)));
    return setups;
  }

  private static Setup of(
      String id, Key key, List<Result> results, List<CellQuestions> questions, Legend legend) {
    Map<Benchmark, BenchmarkView> benchmarks = new LinkedHashMap<>();
    Groups.by(Benchmark::of, results)
        .forEach(
            (benchmark, own) ->
                benchmarks.put(
                    benchmark,
                    BenchmarkView.of(
                        id + "-benchmark-" + (benchmarks.size() + 1),
                        benchmark,
                        own,
                        questions,
                        legend)));
    List<BenchmarkView> views = List.copyOf(benchmarks.values());
    return new Setup(
        id,
        key.model,
        key.sampling,
        ScoreTable.ofBenchmarks(
            results, legend, one -> benchmarks.get(Benchmark.of(one)).questionsOf(one, legend)),
        views,
        Findings.all(views, results, legend));
  }
}
