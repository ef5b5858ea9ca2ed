package io.tokenreel.job;

import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code tokenreel report}. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Makes a sweep's report anew from its results, without running anything.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  tokenreel report --results SWEEP", "  tokenreel report --results SWEEP --quiet"})
final class ReportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "DIR",
      description = "the --output of a sweep; its report.html is replaced")
  private String results;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    try (CommandSession opened = session.open("report")) {
      SparkSession spark = opened.spark();
      Path report = new SweepReport(spark, UserPath.of(results)).remake();
      if (!session.quiet()) {
        spec.commandLine().getErr().println("the report is " + report);
      }
      return 0;
    }
  }
}
