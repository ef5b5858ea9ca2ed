package io.tokenreel.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link KernelBenchmark} and sets every time against the sum over the same block. */
public final class KernelBench {

  private static final String YARDSTICK = "sum";

  private KernelBench() {}

  /**
   * Measures every kernel on every shape, in a JVM of its own with the vector module.
   *
   * @param seconds how long each of the fifteen measurements lasts, after as long a warm-up
   * @return a row per benchmark and shape, grouped by shape, the sum among them with ratio 1
   * @throws IllegalStateException when the measuring JVM fails
   */
  public static List<BenchRow> run(int seconds) {
    Map<String, Double> sums = new HashMap<>();
    Collection<RunResult> results = measure(seconds);
    for (RunResult result : results) {
      if (benchmark(result).equals(YARDSTICK)) {
        sums.put(shape(result), result.getPrimaryResult().getScore());
      }
    }
    List<BenchRow> rows = new ArrayList<>();
    results.stream()
        .sorted(Comparator.comparing(KernelBench::shape))
        .forEach(
            result -> {
              double milliseconds = result.getPrimaryResult().getScore();
              rows.add(
                  BenchRow.millis(
                      benchmark(result) + " " + shape(result),
                      milliseconds,
                      milliseconds / sums.get(shape(result)),
                      "a vectorised sum over the block"));
            });
    return rows;
  }

  private static Collection<RunResult> measure(int seconds) {
    try {
      return new Runner(
              new OptionsBuilder()
                  .include("^" + KernelBenchmark.class.getName() + "\\.")
                  .forks(1)
                  .threads(1)
                  .warmupIterations(seconds)
                  .warmupTime(TimeValue.seconds(1))
                  .measurementIterations(seconds)
                  .measurementTime(TimeValue.seconds(1))
                  .jvmArgs("--add-modules=jdk.incubator.vector", "-Xmx2g")
                  .verbosity(VerboseMode.SILENT)
                  .shouldFailOnError(true)
                  .build())
          .run();
    } catch (RunnerException e) {
      throw new IllegalStateException("the kernels could not be measured", e);
    }
  }

  private static String benchmark(RunResult result) {
    return result.getPrimaryResult().getLabel();
  }

  private static String shape(RunResult result) {
    return result.getParams().getParam("shape");
  }
}
