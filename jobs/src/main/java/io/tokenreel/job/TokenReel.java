package io.tokenreel.job;

import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.video.UriSecrets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line. Exit status: 0 done; 1 a defect or a broken environment; 2 bad usage or
 * settings, nothing was started; 3 done, but more videos failed than {@code --max-failed} allows.
 */
@Command(
    name = "tokenreel",
    description = "Visual-token caches for video language models, on Apache Spark.",
    mixinStandardHelpOptions = true,
    versionProvider = TokenReel.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PrecomputeCommand.class,
      CompressCommand.class,
      AnswerCommand.class,
      SweepCommand.class,
      ReportCommand.class,
      InspectCommand.class,
      VerifyCommand.class,
      BenchCommand.class,
      ScenesCommand.class,
      FuzzCommand.class,
      DemoCommand.class,
      SettingsCommand.class
    })
public final class TokenReel {

  private TokenReel() {}

  /** Runs one command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    // What logs through java.util.logging (the kernels, which know no other) goes where Spark's
    // logs go.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    System.exit(execute(arguments));
  }

  /** Runs one command and returns its exit status. */
  static int execute(String... arguments) {
    return execute(commandLine(), arguments);
  }

  /** As {@link #execute(String...)}, with the line's own writers for output and errors. */
  static int execute(CommandLine line, String... arguments) {
    try {
      return line.execute(withConfig(line, arguments));
    } catch (SettingsException e) {
      return refuse(line, e);
    }
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new TokenReel());
    line.setExecutionExceptionHandler(
        (failure, command, parsed) -> {
          if (failure instanceof SettingsException
              || failure instanceof TableSettingsException
              || failure instanceof UnusablePathException) {
            return refuse(command, failure);
          }
          StringWriter trace = new StringWriter();
          failure.printStackTrace(new PrintWriter(trace));
          command
              .getErr()
              .print(command.getColorScheme().errorText(UriSecrets.hide(trace.toString())));
          command.getErr().flush();
          return CommandLine.ExitCode.SOFTWARE;
        });
    return line;
  }

  private static int refuse(CommandLine line, Exception e) {
    line.getErr()
        .println(line.getColorScheme().errorText("tokenreel: " + UriSecrets.hide(e.getMessage())));
    return CommandLine.ExitCode.USAGE;
  }

  private static String[] withConfig(CommandLine line, String[] arguments) {
    return Arrays.stream(arguments)
        .filter(line.getSubcommands()::containsKey)
        .findFirst()
        .map(name -> ConfigFile.expand(line.getSubcommands().get(name).getCommandSpec(), arguments))
        .orElse(arguments);
  }

  /** The version that rows are stamped with. */
  static String version() {
    String version = TokenReel.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tokenreel " + version()};
    }
  }
}
