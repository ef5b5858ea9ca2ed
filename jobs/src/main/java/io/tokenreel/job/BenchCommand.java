package io.tokenreel.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.bench.BenchRow;
import io.tokenreel.bench.DecodeBench;
import io.tokenreel.bench.EncodeBench;
import io.tokenreel.bench.KernelBench;
import io.tokenreel.bench.LanguageBench;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code tokenreel bench}: how fast the parts are, each as a ratio to a yardstick of the same run.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures one part of the road; run it on an idle machine.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  tokenreel bench kernels", "  tokenreel bench pipeline --videos 50 --json"})
final class BenchCommand implements Callable<Integer> {

  /** What can be measured. */
  enum Area {
    kernels,
    decode,
    encode,
    language,
    lookup,
    pipeline,
    planning,
    scaling,
    soak,
    straggler,
    sweep
  }

  private static final int KERNEL_ROUNDS = 5;
  private static final int KERNEL_SECONDS = 2;
  private static final int ENCODE_LAYERS = 4;
  private static final int ENCODE_FRAMES = 8;
  private static final int ENCODE_RUNS = 5;
  private static final int LANGUAGE_RUNS = 5;
  private static final int LOOKUP_CELLS = 100_000;
  private static final int PIPELINE_VIDEOS = 200;
  private static final int PLANNED_VIDEOS = 10_000_000;
  private static final int SCALING_VIDEOS = 200;
  private static final int SOAK_VIDEOS = 10_000;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final int STRAGGLER_VIDEOS = 10_000;
  private static final Duration STRAGGLER_LENGTH = Duration.ofHours(3);
  private static final int SWEEP_VIDEOS = 16;

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel =
          "kernels|decode|encode|language|lookup|pipeline|planning|scaling|soak|straggler|sweep",
      description = "what to measure")
  private Area area;

  @Option(
      names = "--videos",
      paramLabel = "N",
      description =
          "lookup, pipeline, planning, scaling, soak, straggler and sweep only: videos; at least 1 (default: 100000 cells for lookup, which take 7 GB, 200 generated ones for pipeline and for both executors of scaling, 10000000 rows for planning and a tenth as many names, 10000 short ones for soak and, beside one of three hours, for straggler, 16 larger ones for sweep)")
  private Integer videos;

  @Option(
      names = "--layers",
      defaultValue = "24",
      paramLabel = "N",
      description =
          "language only: decoder layers of Qwen2-0.5B's widths; at least 4 (default: ${DEFAULT-VALUE})")
  private int layers;

  @Mixin private SessionOptions session;

  private final List<String> broken = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    List<BenchRow> rows =
        switch (area) {
          case kernels -> KernelBench.run(KERNEL_ROUNDS, KERNEL_SECONDS);
          case decode -> DecodeBench.run();
          case encode -> EncodeBench.run(ENCODE_LAYERS, ENCODE_FRAMES, ENCODE_RUNS);
          case language -> language();
          case lookup -> lookup();
          case pipeline -> pipeline();
          case planning -> planning();
          case scaling -> scaling();
          case soak -> soak();
          case straggler -> straggler();
          case sweep -> sweep();
        };
    PrintWriter out = spec.commandLine().getOut();
    if (session.json()) {
      out.println(new ObjectMapper().writeValueAsString(rows));
    } else {
      rows.forEach(out::println);
    }
    out.flush();
    broken.forEach(spec.commandLine().getErr()::println);
    return broken.isEmpty() ? 0 : 1;
  }

  private List<BenchRow> language() throws IOException {
    if (layers < 4) {
      throw new SettingsException("--layers must be at least 4; got " + layers);
    }
    return LanguageBench.run(layers, LANGUAGE_RUNS);
  }

  private List<BenchRow> lookup() throws IOException {
    int chosen = videos(LOOKUP_CELLS);
    try (CommandSession opened = session.open("bench")) {
      SparkSession spark = opened.spark();
      return new LookupBench(spark, chosen).run();
    }
  }

  private List<BenchRow> pipeline() throws IOException {
    int chosen = videos(PIPELINE_VIDEOS);
    try (CommandSession opened = session.open("bench")) {
      SparkSession spark = opened.spark();
      return new PipelineBench(spark, chosen).run();
    }
  }

  private List<BenchRow> planning() throws IOException {
    int chosen = videos(PLANNED_VIDEOS);
    try (CommandSession opened = session.open("bench")) {
      SparkSession spark = opened.spark();
      return new PlanningBench(spark, chosen).run();
    }
  }

  private List<BenchRow> scaling() throws IOException {
    return new ScalingBench(session, videos(SCALING_VIDEOS)).run();
  }

  /** Of all areas the one that promises something: what does not hold ends the command with 1. */
  private List<BenchRow> soak() throws IOException {
    int chosen = videos(SOAK_VIDEOS);
    try (CommandSession opened = session.open("bench")) {
      SparkSession spark = opened.spark();
      SoakBench.Findings found = new SoakBench(spark, chosen, BETWEEN_LOOKS).run();
      found.broken().forEach(promise -> broken.add("broken promise: " + promise));
      found.left().forEach(what -> broken.add("left behind: " + what));
      return found.rows();
    }
  }

  private List<BenchRow> straggler() throws IOException {
    int chosen = videos(STRAGGLER_VIDEOS);
    try (CommandSession opened = session.open("bench")) {
      SparkSession spark = opened.spark();
      return new StragglerBench(spark, chosen, STRAGGLER_LENGTH).run();
    }
  }

  private List<BenchRow> sweep() throws IOException {
    int chosen = videos(SWEEP_VIDEOS);
    try (CommandSession opened = session.open("bench")) {
      SparkSession spark = opened.spark();
      return new SweepBench(spark, chosen).run();
    }
  }

  private int videos(int usual) {
    if (videos != null && videos < 1) {
      throw new SettingsException("--videos must be at least 1; got " + videos);
    }
    return videos == null ? usual : videos;
  }
}
