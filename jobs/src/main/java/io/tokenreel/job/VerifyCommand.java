package io.tokenreel.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheVerifier;
import io.tokenreel.cache.Finding;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tokenreel verify}: reads a whole cache and says what does not hold. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Checks a cache: one outcome per video and run, no key twice, sizes, places, lookup index, leftovers. Exit status 1 when anything is found.")
final class VerifyCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--cache",
      required = true,
      paramLabel = "DIR",
      description = "the cache's folder")
  private String cache;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws Exception {
    try (SparkSession spark = session.session("verify")) {
      Caches.require(spark.sparkContext().hadoopConfiguration(), cache);
      List<Finding> findings = CacheVerifier.verify(spark, new Path(cache));
      report(findings, cutOff(spark));
      return findings.isEmpty() ? 0 : 1;
    }
  }

  /** Ids of the runs that are not done, and that no later writer has noticed. */
  private List<String> cutOff(SparkSession spark) throws IOException {
    return RunRecords.of(spark.sparkContext().hadoopConfiguration(), new Path(cache)).stream()
        .filter(run -> run.state().equals(RunRecord.RUNNING))
        .map(RunRecord::runId)
        .toList();
  }

  private void report(List<Finding> findings, List<String> cutOff) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (session.json()) {
      out.println(
          new ObjectMapper()
              .writeValueAsString(
                  Map.of("cache", cache, "findings", findings, "unfinished_runs", cutOff)));
    } else {
      if (findings.isEmpty() && !session.quiet()) {
        out.println(cache + ": everything holds");
      }
      findings.forEach(out::println);
      if (!cutOff.isEmpty() && !session.quiet()) {
        out.printf(
            "runs %s were cut off, or are at work; what they committed stands, and the same command does the rest%n",
            cutOff);
      }
    }
    out.flush();
  }
}
