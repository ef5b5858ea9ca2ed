package io.tokenreel.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.SettingsException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code tokenreel demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Renders unseen videos, precomputes their tokens, and answers questions about them from all tokens and from a quarter of them.",
    footerHeading = CommandHelp.EXAMPLES,
    footer = {"  tokenreel demo", "  tokenreel demo --output /tmp/demo --videos 3"})
final class DemoCommand implements Callable<Integer> {

  private static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      defaultValue = "tokenreel-demo",
      converter = Specs.LocalFolder.class,
      paramLabel = "DIR",
      description =
          "a folder of this machine for videos, questions and tables (default: ${DEFAULT-VALUE})")
  private Path output;

  @Option(
      names = "--videos",
      defaultValue = "10",
      paramLabel = "N",
      description = "how many videos; at least 1 (default: ${DEFAULT-VALUE})")
  private int videos;

  @Mixin private SessionOptions session;

  @Override
  public Integer call() throws IOException {
    if (videos < 1) {
      throw new SettingsException("--videos must be at least 1; got " + videos);
    }
    DemoReport report;
    session.progress(spec.commandLine()).doing("demo", Progress.STARTING);
    try (CommandSession opened = session.open("demo")) {
      SparkSession spark = opened.spark();
      report = new Demo(spark, output, videos, () -> session.progress(spec.commandLine())).run();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (session.json()) {
      out.println(JSON.writeValueAsString(report));
      out.flush();
    } else if (!session.quiet()) {
      report.print(out);
    }
    return 0;
  }
}
