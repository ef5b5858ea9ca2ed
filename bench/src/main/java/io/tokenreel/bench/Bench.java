package io.tokenreel.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.bench.fuzz.FuzzCommand;
import io.tokenreel.cli.CommandHelp;
import io.tokenreel.cli.CommandSession;
import io.tokenreel.cli.SessionOptions;
import io.tokenreel.cli.Specs;
import io.tokenreel.cli.TokenReel;
import io.tokenreel.model.ComputeType;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bin/bench}: how fast the parts are, each as a ratio to a yardstick of the same run. A
 * benchmark is a method of this class and the class that it runs.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    versionProvider = TokenReel.Version.class,
    description = "Measures one part of TokenReel; run it on an idle machine.",
    subcommands = FuzzCommand.class,
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  bench kernels", "  bench pipeline --videos 50 --json"})
public final class Bench {

  private static final int KERNEL_ROUNDS = 5;
  private static final int KERNEL_SECONDS = 2;
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);
  private static final Duration STRAGGLER_LENGTH = Duration.ofHours(3);

  @Spec private CommandSpec spec;

  private Bench() {}

  /** Runs one benchmark and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    TokenReel.run(new Bench(), arguments);
  }

  /** How the rows are printed. */
  private static final class Output {

    @Option(names = "--json", description = "the rows as one JSON array on standard output")
    private boolean json;
  }

  /** How often what is timed runs. */
  private static final class Runs {

    @Option(
        names = "--runs",
        defaultValue = "5",
        paramLabel = "N",
        description = "of each row, after one that does not count (default: ${DEFAULT-VALUE})")
    private int runs;

    int checked() {
      if (runs < 1) {
        throw new SettingsException("--runs must be at least 1; got " + runs);
      }
      return runs;
    }
  }

  /** What a model computes in besides float32. */
  private static final class Types {

    @Option(
        names = "--compute-dtype",
        split = ",",
        paramLabel = "TYPE[,TYPE]",
        converter = TypeOf.class,
        description = "bf16, f16: computed in after float32 (default: none)")
    private List<ComputeType> types = List.of();
  }

  private static final class TypeOf implements ITypeConverter<ComputeType> {
    @Override
    public ComputeType convert(String label) {
      return ComputeType.of(label);
    }
  }

  private static final class TowerOf implements ITypeConverter<BenchTower> {
    @Override
    public BenchTower convert(String name) {
      return BenchTower.of(name);
    }
  }

  /** A benchmark in a Spark session. */
  @FunctionalInterface
  private interface OnSpark {
    List<BenchRow> run(SparkSession spark) throws IOException;
  }

  @Command(
      description = "VidCom2, DyCoke and EVS in the vector kernels against the scalar ones",
      mixinStandardHelpOptions = true)
  int kernels(@Mixin Output output) throws Exception {
    return print(KernelBench.run(KERNEL_ROUNDS, KERNEL_SECONDS), output.json);
  }

  @Command(
      description = "decoding of long and short videos, with each check and sampling",
      mixinStandardHelpOptions = true)
  int decode(@Mixin Output output) throws Exception {
    return print(DecodeBench.run(), output.json);
  }

  /** One side of a benchmark beside peers, which says how long it took. */
  @Command(
      description =
          "decodes the files of a list and marks when each group begins and ends, for bin/bench-peers decode",
      mixinStandardHelpOptions = true)
  int frames(
      @Option(
              names = "--list",
              required = true,
              converter = Specs.LocalPath.class,
              paramLabel = "FILE",
              description = "a group, a tab and a file on each line")
          Path list,
      @Option(
              names = "--report",
              required = true,
              converter = Specs.LocalPath.class,
              paramLabel = "FILE",
              description = "takes a JSON object per file")
          Path report,
      @Option(
              names = "--frames",
              defaultValue = "32",
              paramLabel = "N",
              description = "uniform frames of each file (default: ${DEFAULT-VALUE})")
          int count,
      @Option(
              names = "--fit",
              defaultValue = "fixed:384x384",
              paramLabel = "FIT",
              description = "how frames are sized (default: ${DEFAULT-VALUE})")
          String fit,
      @Option(
              names = "--describe",
              description = "identify and digest each frame, which takes time of its own")
          boolean describes)
      throws IOException {
    try {
      new FramesOfFiles(count, fit, describes).run(list, spec.commandLine().getOut(), report);
    } catch (IllegalArgumentException e) {
      throw new SettingsException(e.getMessage());
    }
    return 0;
  }

  @Command(
      description =
          "a vision tower of published widths against the engine's matrix product, and in other types against float32",
      mixinStandardHelpOptions = true)
  int encode(
      @Option(
              names = "--tower",
              defaultValue = "so400m",
              paramLabel = "NAME",
              converter = TowerOf.class,
              description =
                  "so400m, LLaVA's SigLIP of 26 layers, or qwen2_5_vl, that of Qwen2.5-VL-7B of 32 (default: ${DEFAULT-VALUE})")
          BenchTower tower,
      @Option(
              names = "--layers",
              defaultValue = "4",
              paramLabel = "N",
              description = "encoder layers (default: ${DEFAULT-VALUE})")
          int layers,
      @Option(
              names = "--frames",
              defaultValue = "8",
              paramLabel = "N",
              description = "frames of a video (default: ${DEFAULT-VALUE})")
          int frames,
      @Mixin Runs runs,
      @Mixin Types types,
      @Mixin Output output)
      throws Exception {
    if (layers < 1 || frames < 1) {
      throw new SettingsException(
          "--layers and --frames must be at least 1; got %d and %d".formatted(layers, frames));
    }
    return print(EncodeBench.run(tower, layers, frames, types.types, runs.checked()), output.json);
  }

  @Command(
      description =
          "a language model of Qwen2-0.5B's widths against matrix product and memory bandwidth",
      mixinStandardHelpOptions = true)
  int language(
      @Option(
              names = "--layers",
              defaultValue = "24",
              paramLabel = "N",
              description = "decoder layers; at least 4 (default: ${DEFAULT-VALUE})")
          int layers,
      @Mixin Runs runs,
      @Mixin Types types,
      @Mixin Output output)
      throws Exception {
    if (layers < 4) {
      throw new SettingsException("--layers must be at least 4; got " + layers);
    }
    return print(LanguageBench.run(layers, types.types, runs.checked()), output.json);
  }

  @Command(
      description = "looking one video up in a large cache against reading as many bytes",
      mixinStandardHelpOptions = true)
  int lookup(
      @Option(
              names = "--videos",
              defaultValue = "100000",
              paramLabel = "N",
              description = "videos of the cache (default: ${DEFAULT-VALUE}, which take 7 GB)")
          int videos,
      @Option(
              names = "--cache",
              paramLabel = "FOLDER",
              description =
                  "makes the cache here unless it is there, and keeps it (default: a temporary folder)")
          Optional<Path> cache,
      @Mixin SessionOptions session)
      throws Exception {
    return onSpark(videos, session, spark -> new LookupBench(spark, videos, cache).run());
  }

  @Command(
      description = "the shares of decode, encode and compress in a precompute run",
      mixinStandardHelpOptions = true)
  int pipeline(
      @Option(
              names = "--videos",
              defaultValue = "200",
              paramLabel = "N",
              description = "rendered videos (default: ${DEFAULT-VALUE})")
          int videos,
      @Mixin SessionOptions session)
      throws Exception {
    return onSpark(videos, session, spark -> new PipelineBench(spark, videos).run());
  }

  @Command(
      description = "planning a run before any video is opened",
      mixinStandardHelpOptions = true)
  int planning(
      @Option(
              names = "--videos",
              defaultValue = "10000000",
              paramLabel = "N",
              description =
                  "rows of the manifest; a folder of a tenth as many names is walked (default: ${DEFAULT-VALUE})")
          int videos,
      @Mixin SessionOptions session)
      throws Exception {
    return onSpark(videos, session, spark -> new PlanningBench(spark, videos).run());
  }

  @Command(
      description = "two executors against one, with twice the videos and with as many",
      mixinStandardHelpOptions = true)
  int scaling(
      @Option(
              names = "--videos",
              defaultValue = "200",
              paramLabel = "N",
              description = "rendered videos of both executors (default: ${DEFAULT-VALUE})")
          int videos,
      @Mixin SessionOptions session)
      throws Exception {
    atLeastOne(videos);
    return print(new ScalingBench(session, videos).run(), session.json());
  }

  /** Of all benchmarks the one that promises something: a broken promise ends it with 1. */
  @Command(
      description = "memory, commit times and what is left behind over a long run",
      mixinStandardHelpOptions = true)
  int soak(
      @Option(
              names = "--videos",
              defaultValue = "10000",
              paramLabel = "N",
              description = "videos of a second each (default: ${DEFAULT-VALUE})")
          int videos,
      @Mixin SessionOptions session)
      throws Exception {
    List<String> broken = new ArrayList<>();
    int status =
        onSpark(
            videos,
            session,
            spark -> {
              SoakBench.Findings found = new SoakBench(spark, videos, BETWEEN_LOOKS).run();
              found.broken().forEach(promise -> broken.add("broken promise: " + promise));
              found.left().forEach(what -> broken.add("left behind: " + what));
              return found.rows();
            });
    broken.forEach(spec.commandLine().getErr()::println);
    return broken.isEmpty() ? status : 1;
  }

  @Command(
      description = "one video of three hours among short ones",
      mixinStandardHelpOptions = true)
  int straggler(
      @Option(
              names = "--videos",
              defaultValue = "10000",
              paramLabel = "N",
              description = "short videos (default: ${DEFAULT-VALUE})")
          int videos,
      @Mixin SessionOptions session)
      throws Exception {
    return onSpark(
        videos, session, spark -> new StragglerBench(spark, videos, STRAGGLER_LENGTH).run());
  }

  @Command(
      description = "a sweep against running each of its settings on its own",
      mixinStandardHelpOptions = true)
  int sweep(
      @Option(
              names = "--videos",
              defaultValue = "16",
              paramLabel = "N",
              description = "rendered videos of 40 seconds (default: ${DEFAULT-VALUE})")
          int videos,
      @Mixin SessionOptions session)
      throws Exception {
    return onSpark(videos, session, spark -> new SweepBench(spark, videos).run());
  }

  private int onSpark(int videos, SessionOptions session, OnSpark bench) throws IOException {
    atLeastOne(videos);
    try (CommandSession opened = session.open("bench")) {
      return print(bench.run(opened.spark()), session.json());
    }
  }

  private int print(List<BenchRow> rows, boolean json) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(rows));
    } else {
      rows.forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private static void atLeastOne(int videos) {
    if (videos < 1) {
      throw new SettingsException("--videos must be at least 1; got " + videos);
    }
  }
}
