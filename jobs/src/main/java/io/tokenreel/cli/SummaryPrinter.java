package io.tokenreel.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.pipeline.input.LeftOut;
import io.tokenreel.pipeline.run.AnswerSummary;
import io.tokenreel.pipeline.run.RunSummary;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.hadoop.util.StringUtils;
import picocli.CommandLine;

/**
 * Says what a run came to: text on standard error for a person, one JSON object on standard output
 * for a program.
 */
final class SummaryPrinter {

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);
  private static final int MAX_PRINTED = 50;

  private final CommandLine command;
  private final SessionOptions options;

  SummaryPrinter(CommandLine command, SessionOptions options) {
    this.command = command;
    this.options = options;
  }

  void print(RunSummary summary, double sparkSeconds) {
    if (!options.quiet()) {
      text(summary, sparkSeconds);
    }
    if (options.json()) {
      json(JSON.valueToTree(summary), sparkSeconds);
    }
  }

  /** As {@link #print(RunSummary, double)}, of a command that makes several runs. */
  void print(List<RunSummary> runs, double sparkSeconds) {
    print(runs, sparkSeconds, summary -> text(summary, sparkSeconds));
  }

  /** As {@link #print(RunSummary, double)}, of runs of answers. */
  void printAnswers(List<AnswerSummary> runs, double sparkSeconds) {
    print(runs, sparkSeconds, summary -> text(summary, sparkSeconds));
  }

  private <T> void print(List<T> runs, double sparkSeconds, Consumer<T> text) {
    if (!options.quiet()) {
      runs.forEach(text);
    }
    if (options.json()) {
      json(JSON.createObjectNode().set("runs", JSON.valueToTree(runs)), sparkSeconds);
    }
  }

  private void text(AnswerSummary summary, double sparkSeconds) {
    PrintWriter err = command.getErr();
    for (AnswerSummary.OfCompression one : summary.compressions()) {
      err.printf(
          Locale.ROOT,
          "%s: %d answered from %.1f visual tokens a video, %s; %d without tokens, %d failed%n",
          one.compression(),
          one.answered(),
          one.visualTokens(),
          one.targets() == 0
              ? "no target given"
              : "%d of %d right".formatted(one.correct(), one.targets()),
          one.noTokens(),
          one.failed());
    }
    err.printf(
        Locale.ROOT,
        "%d answers; %d were committed before. %.1f s, and %.1f s for Spark's start.%n",
        summary.questions(),
        summary.alreadyCommitted(),
        summary.seconds(),
        sparkSeconds);
    summary.computed().lines().forEach(err::println);
    err.printf(
        "Run %s; the answers are in %s%n",
        summary.runId(),
        summary.table() == null ? summary.output() + "/answers" : summary.table() + "_answers");
    err.flush();
  }

  private void text(RunSummary summary, double sparkSeconds) {
    PrintWriter err = command.getErr();
    summary.notOkLines().forEach(err::println);
    text(summary.leftOut(), err);
    if (summary.videosFound() > summary.videos()) {
      err.printf(
          "--limit: the first %d of %d videos, by id%n", summary.videos(), summary.videosFound());
    }
    if (summary.forgotten() > 0) {
      err.printf(
          "%d videos were left out, for the output is to forget them (tokenreel forget --lift takes them again)%n",
          summary.forgotten());
    }
    err.printf(
        Locale.ROOT,
        "%d videos: %d OK, %d DEGRADED, %d FAILED; %d were committed before. %.1f s, and %.1f s for Spark's start.%n",
        summary.videos(),
        summary.ok(),
        summary.degraded(),
        summary.failed(),
        summary.alreadyCommitted(),
        summary.seconds(),
        sparkSeconds);
    RunSummary.Written written = summary.written();
    err.printf(
        Locale.ROOT,
        "%s%s%s: %s written%n",
        written.encoder(),
        written.model() == null ? "" : " (" + written.model() + ")",
        written.tokenDtype() == null ? "" : ", tokens as " + written.tokenDtype(),
        StringUtils.TraditionalBinaryPrefix.long2String(written.bytesWritten(), "B", 1));
    if (written.computed() != null) {
      written.computed().lines().forEach(err::println);
    }
    if (summary.table() == null) {
      err.printf(
          "Run %s; the tables are in %s, each video's outcome in %s/outcomes%n",
          summary.runId(), summary.output(), summary.output());
    } else {
      err.printf(
          "Run %s; the tables are %s_*, each video's outcome in %s_outcomes%n",
          summary.runId(), summary.table(), summary.table());
    }
    err.flush();
  }

  private static void text(LeftOut leftOut, PrintWriter err) {
    List<LeftOut.Name> others =
        leftOut.first().stream().filter(LeftOut.Name::hasOtherEnding).toList();
    List<LeftOut.Name> named =
        leftOut.first().stream().filter(name -> !name.hasOtherEnding()).toList();
    for (LeftOut.Name name : named.stream().limit(MAX_PRINTED).toList()) {
      err.printf("left out %s: %s%n", name.path(), name.reason());
    }
    if (named.size() > MAX_PRINTED) {
      err.printf("and %d more that were left out%n", leftOut.files() - MAX_PRINTED);
    } else if (leftOut.files() > named.size()) {
      err.printf(
          "%d files without a video's ending were left out: %s%n",
          leftOut.files() - named.size(),
          String.join(", ", others.stream().limit(5).map(LeftOut.Name::path).toList()));
    }
  }

  private void json(ObjectNode tree, double sparkSeconds) {
    tree.put("spark_start_seconds", sparkSeconds);
    PrintWriter out = command.getOut();
    try {
      out.println(JSON.writeValueAsString(tree));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a summary is plain data", e);
    }
    out.flush();
  }
}
