package io.tokenreel.cli;

import io.tokenreel.eval.result.Result;
import io.tokenreel.files.UserPath;
import io.tokenreel.report.TextTable;
import io.tokenreel.sweep.FiniteJson;
import io.tokenreel.sweep.SweepReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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
    description = "Makes a sweep's report again from its results, without running anything.",
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

  @Option(
      names = "--beside",
      paramLabel = "DIR",
      description = "the --output of another sweep, whose scores are compared with these")
  private String beside;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    try (CommandSession opened = session.open("report")) {
      SparkSession spark = opened.spark();
      SweepReport report = new SweepReport(spark, UserPath.of(results));
      List<Result> shown = report.remake(beside == null ? null : UserPath.of(beside));
      if (session.json()) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(FiniteJson.write(Map.of("results", shown)));
        out.flush();
      }
      if (!session.quiet()) {
        spec.commandLine().getErr().print(TextTable.of(shown));
        spec.commandLine().getErr().printf("%nthe report is %s%n", report.file());
      }
      return 0;
    }
  }
}
