package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * A model and a sampling: within them, cells have one baseline and stand in one table.
 *
 * @param id starts the ids of all that is in it
 */
record Setup(
    String id, String model, String sampling, ScoreTable table, List<BenchmarkView> benchmarks) {

  private record Key(String model, String sampling) {}

  static List<Setup> all(List<Result> results, Legend legend) {
    List<Setup> setups = new ArrayList<>();
    Groups.by(one -> new Key(one.cell().model(), one.cell().sampling()), results)
        .forEach((key, own) -> setups.add(of("setup-" + (setups.size() + 1), key, own, legend)));
    return setups;
  }

  private static Setup of(String id, Key key, List<Result> results, Legend legend) {
    List<BenchmarkView> benchmarks = new ArrayList<>();
    Groups.by(Benchmark::of, results)
        .forEach(
            (benchmark, own) ->
                benchmarks.add(
                    BenchmarkView.of(
                        id + "-benchmark-" + (benchmarks.size() + 1), benchmark, own, legend)));
    return new Setup(
        id, key.model, key.sampling, ScoreTable.ofBenchmarks(results, legend), benchmarks);
  }
}
