package io.tokenreel.bench.fuzz;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.bench.ScratchFolder;
import io.tokenreel.cli.CommandHelp;
import io.tokenreel.cli.Specs;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code bin/bench fuzz}: whether OK keeps its promise for damaged files, which needs no Spark.
 * Exit status 1 when it does not.
 */
@Command(
    name = "fuzz",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Damages generated videos in many ways, decodes them, and holds the frames of those that are OK against the sound ones. Exit status 1 when a change went unnoticed that something in the file tells.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  bench fuzz", "  bench fuzz --mutants 1 --seed 4711 --keep mutant"})
public final class FuzzCommand implements Callable<Integer> {

  private static final String ROW = "%-9s %-6s %-8s %7s %6s %9s  %-34s %10s  %s%n";

  /** What is printed with --json. */
  record Summary(long seed, int mutants, List<FuzzRow> rows, List<FuzzViolation> violations) {}

  @Spec private CommandSpec spec;

  @Option(
      names = "--mutants",
      defaultValue = "600",
      paramLabel = "N",
      description =
          "damaged files, each decoded with both checks; at least 1 (default: ${DEFAULT-VALUE})")
  private int mutants;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "of the first mutant, the next ones count on from it (default: the time)")
  private Long seed;

  @Option(
      names = "--keep",
      converter = Specs.LocalFolder.class,
      paramLabel = "DIR",
      description = "write the mutants that break the promise there; of a single mutant, that one")
  private Path keep;

  @Option(names = "--quiet", description = "no progress line")
  private boolean quiet;

  @Option(names = "--json", description = "the counts as one JSON object on standard output")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (mutants < 1) {
      throw new SettingsException("--mutants must be at least 1; got " + mutants);
    }
    long first = seed == null ? System.currentTimeMillis() : seed;
    try (ScratchFolder folder = new ScratchFolder("fuzz");
        Fuzzer fuzzer = new Fuzzer(folder.path())) {
      run(fuzzer, first);
      if (keep != null) {
        keep(fuzzer, first);
      }
      print(new Summary(first, mutants, fuzzer.rows(), fuzzer.violations()));
      return fuzzer.violations().isEmpty() ? 0 : 1;
    }
  }

  private void run(Fuzzer fuzzer, long first) throws IOException {
    LongAdder done = new LongAdder();
    try (Progress progress = quiet ? Progress.silent() : Progress.on(spec.commandLine().getErr())) {
      progress.start(
          Progress.Stage.of("fuzz", "mutants"),
          mutants,
          () -> new Progress.Counts(done.sum(), 0, 0));
      for (int i = 0; i < mutants; i++) {
        fuzzer.run(first + i);
        done.increment();
      }
    }
  }

  private void keep(Fuzzer fuzzer, long first) throws IOException {
    if (mutants == 1) {
      fuzzer.keep(first, keep);
    }
    for (FuzzViolation violation : fuzzer.violations()) {
      fuzzer.keep(violation.seed(), keep);
    }
  }

  private void print(Summary summary) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(summary));
    } else {
      out.printf(
          ROW,
          "sample",
          "damage",
          "check",
          "mutants",
          "OK",
          "DEGRADED",
          "OK with changed",
          "broken",
          "FAILED");
      summary.rows().forEach(row -> print(out, row));
      out.printf(
          Locale.ROOT,
          "%d mutants, --seed %d. OK with changed: what was damaged is said once in the file and no checksum covers it.%n",
          mutants,
          summary.seed());
      summary
          .violations()
          .forEach(
              broken ->
                  out.printf("broken: %s (--seed %d --mutants 1)%n", broken.what(), broken.seed()));
    }
    out.flush();
  }

  private static void print(PrintWriter out, FuzzRow row) {
    String failed =
        row.failed().entrySet().stream()
            .map(reason -> reason.getKey().label() + " " + reason.getValue())
            .collect(Collectors.joining(", "));
    out.printf(
        Locale.ROOT,
        ROW,
        row.sample(),
        row.mutation(),
        row.check(),
        row.mutants(),
        row.ok(),
        row.degraded(),
        changes(row.unnoticed()),
        row.violations(),
        failed);
  }

  private static String changes(Map<Change, Integer> unnoticed) {
    return unnoticed.entrySet().stream()
        .map(change -> change.getKey().label() + " " + change.getValue())
        .collect(Collectors.joining(", "));
  }
}
