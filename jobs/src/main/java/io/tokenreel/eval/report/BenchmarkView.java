package io.tokenreel.eval.report;

import io.tokenreel.eval.result.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A benchmark's own section.
 *
 * @param slices the whole benchmark first, then its groups
 */
record BenchmarkView(String id, Benchmark benchmark, List<Slice> slices, List<Figure> figures) {

  static BenchmarkView of(
      String id, Benchmark benchmark, List<Result> results, Map<Method, Style> styles) {
    List<Slice> slices = new ArrayList<>();
    List<Figure> figures = new ArrayList<>();
    Groups.by(Result::group, results)
        .forEach(
            (group, own) -> {
              boolean whole = group.isEmpty();
              slices.add(
                  whole ? 0 : slices.size(),
                  Slice.of(id + "-" + slices.size(), benchmark, group, own));
              if (whole) {
                figures.addAll(new ResultFigures(id, benchmark, own, styles).all());
              }
            });
    return new BenchmarkView(id, benchmark, slices, figures);
  }
}
