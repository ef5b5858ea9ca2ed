package io.tokenreel.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheVerifier;
import io.tokenreel.cache.Finding;
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
      report(findings);
      return findings.isEmpty() ? 0 : 1;
    }
  }

  private void report(List<Finding> findings) throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (session.json()) {
      out.println(
          new ObjectMapper().writeValueAsString(Map.of("cache", cache, "findings", findings)));
    } else if (findings.isEmpty() && !session.quiet()) {
      out.println(cache + ": everything holds");
    } else {
      findings.forEach(out::println);
    }
    out.flush();
  }
}
