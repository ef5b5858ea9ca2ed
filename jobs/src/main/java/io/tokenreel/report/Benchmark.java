package io.tokenreel.report;

import io.tokenreel.eval.result.Result;

/**
 * A column of the table: what makes scores comparable.
 *
 * @param scale what a score is multiplied by: 1 or 100
 */
record Benchmark(String task, String version, String metric, double scale) {

  static Benchmark of(Result result) {
    return new Benchmark(result.task(), result.version(), result.metric(), result.scale());
  }
}
