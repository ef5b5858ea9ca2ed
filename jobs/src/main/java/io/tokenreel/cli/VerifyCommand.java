package io.tokenreel.cli;

import io.tokenreel.cache.Finding;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.store.TableName;
import io.tokenreel.cache.verify.CacheVerifier;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.input.Caches;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel verify}: reads whole caches and says what does not hold. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Checks caches: one outcome per video and run, no key twice, sizes, places, lookup index, leftovers. Exit status 1 when anything is found.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel verify --cache /data/cache",
      "  tokenreel verify --cache /data/cache /data/other --json"
    })
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      arity = "1..*",
      paramLabel = "DIR",
      description = "a cache's folder, or several")
  private List<String> caches;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws Exception {
    try (CommandSession opened = session.open("verify")) {
      SparkSession spark = opened.spark();
      for (String cache : caches) {
        Caches.require(spark.sparkContext().hadoopConfiguration(), cache);
      }
      boolean sound = true;
      for (String cache : caches) {
        List<Finding> findings = CacheVerifier.verify(spark, UserPath.of(cache));
        report(cache, findings, cutOff(spark, cache), notChecked(spark, cache));
        sound &= findings.isEmpty();
      }
      return sound ? 0 : 1;
    }
  }

  /** Ids of the runs that are not done, and that no later writer has noticed. */
  private static List<String> cutOff(SparkSession spark, String cache) throws IOException {
    return RunRecords.of(spark.sparkContext().hadoopConfiguration(), UserPath.of(cache)).stream()
        .filter(run -> run.state().equals(RunRecord.RUNNING))
        .map(RunRecord::runId)
        .toList();
  }

  /** What is not looked at, because a catalog answers for it. */
  private static List<String> notChecked(SparkSession spark, String cache) throws IOException {
    return TableName.ofOutput(spark.sparkContext().hadoopConfiguration(), UserPath.of(cache))
        .map(
            table ->
                "files and lookup of the tables %s_*, which are their catalog's".formatted(table))
        .stream()
        .toList();
  }

  private void report(
      String cache, List<Finding> findings, List<String> cutOff, List<String> notChecked) {
    PrintWriter out = spec.commandLine().getOut();
    if (session.json()) {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("cache", cache);
      object.put("findings", findings);
      object.put("unfinished_runs", cutOff);
      object.put("not_checked", notChecked);
      out.println(PlainJson.write(object));
    } else {
      if (findings.isEmpty() && !session.quiet()) {
        out.println(cache + ": everything holds");
      }
      findings.forEach(finding -> out.println(cache + ": " + finding));
      if (!session.quiet()) {
        notChecked.forEach(part -> out.println(cache + ": not checked: " + part));
      }
      if (!cutOff.isEmpty() && !session.quiet()) {
        out.printf(
            "%s: runs %s were cut off, or are at work; what they committed stands, and the same command does the rest%n",
            cache, cutOff);
      }
    }
    out.flush();
  }
}
