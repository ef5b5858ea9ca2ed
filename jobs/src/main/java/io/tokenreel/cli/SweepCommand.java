package io.tokenreel.cli;

import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.TaskKey;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.ComputeOption;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.report.TextTable;
import io.tokenreel.sweep.FiniteJson;
import io.tokenreel.sweep.SweepFailure;
import io.tokenreel.sweep.SweepJob;
import io.tokenreel.sweep.SweepJudging;
import io.tokenreel.sweep.SweepLogs;
import io.tokenreel.sweep.SweepReport;
import io.tokenreel.sweep.SweepSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code tokenreel sweep}. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Evaluates compressions and KV caches on benchmarks: one decode and encode per video, results with their errors, and a report.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel sweep --config conf/sweeps/generated.yaml",
      "  tokenreel sweep --output SWEEP --task videomme:root=/data/Video-MME,limit=500 \\",
      "      --compression none vidcom2:retention=0.25"
    })
final class SweepCommand implements Callable<Integer> {

  private static final int SOME_FAILED = 3;

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description =
          "where the sweep's cache, results/, samples/, lmms-eval/, judge/ and report.html are written; what is there is not done again")
  private String output;

  @Option(
      names = "--task",
      required = true,
      arity = "1..*",
      converter = Specs.Benchmark.class,
      paramLabel = "SPEC",
      description =
          "benchmarks: the name of a file in conf/tasks or the path of one, with root=DIR (its files in the published layout), version=V, limit=N questions, seed=S of their choice, judge=M (who judges open answers, in place of upstream's model); or generated:videos=N,questions=K")
  private List<String> tasks;

  @Option(
      names = "--model",
      arity = "1..*",
      defaultValue = "default",
      paramLabel = "DIR",
      description = "checkpoint folders, or default (default: ${DEFAULT-VALUE})")
  private List<String> models;

  @Option(
      names = "--sampling",
      arity = "1..*",
      defaultValue = PrecomputeSettings.SAMPLING,
      converter = Specs.Sampling.class,
      paramLabel = "SPEC",
      description = "frame samplings (default: ${DEFAULT-VALUE})")
  private List<String> samplings;

  @Option(
      names = "--compression",
      arity = "1..*",
      required = true,
      converter = Specs.Compression.class,
      paramLabel = "SPEC",
      description = "compressions, none among them")
  private List<String> compressions;

  @Option(
      names = "--kv",
      arity = "1..*",
      defaultValue = "full",
      converter = Specs.Kv.class,
      paramLabel = "SPEC",
      description = "keys and values while decoding, full among them (default: ${DEFAULT-VALUE})")
  private List<String> kvs;

  @Option(
      names = "--template",
      defaultValue = "chat",
      converter = Specs.Template.class,
      paramLabel = "chat|qwen_1_5",
      description =
          "the prompt around a task's own: chat, the checkpoint's own template, or qwen_1_5, LLaVA-NeXT's conversation (default: ${DEFAULT-VALUE})")
  private String template;

  @Option(
      names = "--token-dtype",
      defaultValue = "bf16",
      converter = Specs.Dtype.class,
      paramLabel = Specs.Dtype.LABEL,
      description = "dtype of the features (default: ${DEFAULT-VALUE})")
  private String tokenDtype;

  @Option(
      names = "--device",
      defaultValue = "auto",
      converter = Specs.Device.class,
      paramLabel = Specs.Device.LABEL,
      description = "where the models run" + Specs.Device.NUMBER)
  private String device;

  @Option(
      names = ComputeOption.NAME,
      defaultValue = ComputeOption.DEFAULT,
      converter = Specs.ComputeDtype.class,
      paramLabel = Specs.ComputeDtype.LABEL,
      description = ComputeOption.MEANING + "the models" + ComputeOption.VALUES)
  private String computeDtype;

  @Option(
      names = "--examples",
      defaultValue = "3",
      paramLabel = "N",
      description = "videos that the report shows (default: ${DEFAULT-VALUE})")
  private int examples;

  @Mixin private WaveOption wave;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    SweepSettings settings =
        new SweepSettings(
            output,
            models,
            samplings,
            compressions,
            kvs,
            tasks,
            template,
            tokenDtype,
            device,
            computeDtype,
            examples,
            wave.videosPerCommit());
    PrintWriter failed = spec.commandLine().getErr(); // whatever is to be quiet
    PrintWriter err = session.quiet() ? new PrintWriter(Writer.nullWriter()) : failed;
    session.progress(spec.commandLine()).doing("sweep", Progress.STARTING);
    try (CommandSession opened = session.open("sweep")) {
      SparkSession spark = opened.spark();
      SweepJob job = new SweepJob(spark, settings, () -> session.progress(spec.commandLine()));
      List<Result> results = job.run(err);
      if (session.json()) {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("results", results);
        object.put("failures", job.failures());
        object.put("computed", job.computed());
        out.println(FiniteJson.write(object));
        out.flush();
      }
      print(results, job, err);
      for (SweepFailure failure : job.failures()) {
        failed.println(failure.line());
      }
      failed.flush();
      return job.failures().isEmpty() ? 0 : SOME_FAILED;
    }
  }

  private void print(List<Result> results, SweepJob job, PrintWriter err) {
    err.print(TextTable.of(results));
    err.println();
    Set<TaskKey> said = new HashSet<>();
    for (Result result : results) {
      if (result.judging() != null && said.add(new TaskKey(result.task(), result.version()))) {
        err.printf("%s (%s): %s%n", result.task(), result.version(), judged(result));
      }
    }
    job.computed()
        .forEach(
            (model, computed) ->
                computed.lines().forEach(line -> err.printf("%s: %s%n", model, line)));
    err.printf(
        "the report is %1$s/%2$s, the tables are %1$s/results and samples, logs as lmms-eval's are in %1$s/%3$s%n",
        output, SweepReport.FILE, SweepLogs.FOLDER);
    err.flush();
  }

  private String judged(Result result) {
    Judging judging = result.judging();
    if (result.score() != null) {
      return "judged by %s, %d neither yes nor no"
          .formatted(String.join(", ", judging.models()), result.counts().leftOut());
    }
    return judging.open() == 0
        ? "not scored: the verdicts are of different judges, %s; keep one's replies in %s/%s"
            .formatted(judging.models(), output, SweepJudging.REPLIES)
        : "not scored: %d questions wait for a judge, %d replies are errors, %d cannot be read; the requests are in %s/%s, their replies go to %s/%s"
            .formatted(
                judging.waiting(),
                judging.failed(),
                judging.unreadable(),
                output,
                SweepJudging.REQUESTS,
                output,
                SweepJudging.REPLIES);
  }
}
