package io.tokenreel.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
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
   * Measures every kernel on every shape, in a JVM of its own with the vector module, several times
   * over: a machine that others share is not equally fast for long, so a kernel is set against the
   * sum of its own round.
   *
   * @param rounds how often; a figure is the median of them, so an odd number
   * @param seconds how long each of a round's 21 measurements lasts, after as long a warm-up
   * @return a row per benchmark and shape, grouped by shape, the sum among them with ratio 1
   * @throws IllegalStateException when the measuring JVM fails
   */
  public static List<BenchRow> run(int rounds, int seconds) {
    Map<String, List<Double>> times = new TreeMap<>();
    Map<String, List<Double>> ratios = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      Collection<RunResult> results = measure(seconds);
      Map<String, Double> sums =
          results.stream()
              .filter(result -> benchmark(result).equals(YARDSTICK))
              .collect(Collectors.toMap(KernelBench::shape, KernelBench::millis));
      for (RunResult result : results) {
        String name = shape(result) + " " + benchmark(result);
        double ratio = millis(result) / sums.get(shape(result));
        times.computeIfAbsent(name, key -> new ArrayList<>()).add(millis(result));
        ratios.computeIfAbsent(name, key -> new ArrayList<>()).add(ratio);
      }
    }
    return times.keySet().stream()
        .map(
            name ->
                BenchRow.millis(
                    "%s, median of %d".formatted(name, rounds),
                    Rounds.median(times.get(name)),
                    Rounds.median(ratios.get(name)),
                    "a vectorised sum over the block"))
        .toList();
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

  private static double millis(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  private static String shape(RunResult result) {
    return result.getParams().getParam("shape");
  }
}
