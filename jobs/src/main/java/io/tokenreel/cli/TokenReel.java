package io.tokenreel.cli;

import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.cache.WriterVersion;
import io.tokenreel.cache.commit.CacheLockedException;
import io.tokenreel.files.StoreRefusal;
import io.tokenreel.files.UnusablePathException;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.video.UriSecrets;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command line. Exit status: 0 done; 1 a defect or a broken environment; 2 bad usage or
 * settings, or a file system that refuses; 3 done, but more videos failed than {@code --max-failed}
 * allows.
 */
@Command(
    name = "tokenreel",
    description = "Visual-token caches for video language models, on Apache Spark.",
    mixinStandardHelpOptions = true,
    versionProvider = TokenReel.Version.class,
    footerHeading = CommandHelp.EXAMPLES,
    footer = {
      "  tokenreel demo",
      "  tokenreel precompute --input /data/videos --output /data/cache"
    },
    subcommands = {
      PrecomputeCommand.class,
      CompressCommand.class,
      AnswerCommand.class,
      SweepCommand.class,
      ReportCommand.class,
      InspectCommand.class,
      ExportCommand.class,
      VerifyCommand.class,
      ForgetCommand.class,
      VacuumCommand.class,
      ScenesCommand.class,
      DemoCommand.class,
      MethodsCommand.class,
      ModelsCommand.class,
      SettingsCommand.class
    })
public final class TokenReel {

  private TokenReel() {}

  /** Runs one command and ends the JVM with its exit status. */
  public static void main(String[] arguments) {
    run(new TokenReel(), arguments);
  }

  /**
   * Runs a command line as this project's are run, and ends the JVM with its exit status: values
   * are parsed alike, a bad one is a line and exit status 2, and signals are handled.
   *
   * @param program picocli's top command, whose name stands before its error messages
   */
  public static void run(Object program, String... arguments) {
    // Some languages have digits of their own, which no reader of names and numbers takes.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    VectorModule.load(); // before any class that has kernels
    Interruption interruption = Interruption.ofThisProcess();
    // What logs through java.util.logging (the kernels, which know no other) goes where Spark's
    // logs go.
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    CommandLine line = commandLine(program);
    line.setExecutionStrategy(
        parsed -> {
          Integer helped = CommandLine.executeHelpRequest(parsed);
          if (helped != null) {
            return helped; // at once: what handles signals starts the logging
          }
          List<CommandLine> chosen = parsed.asCommandLineList();
          interruption.handle(chosen.get(chosen.size() - 1).getCommandSpec());
          return new CommandLine.RunLast().execute(parsed);
        });
    int status = execute(line, arguments);
    if (status != 0 || !endsWithMain()) {
      System.exit(status);
    }
  }

  /** Whether this is the driver of a YARN application, which counts as failed where it exits. */
  private static boolean endsWithMain() {
    return "yarn".equals(System.getProperty("spark.master"))
        && "cluster".equals(System.getProperty("spark.submit.deployMode"));
  }

  /**
   * Runs one command in this JVM and returns its exit status, for a program that has a Spark
   * session or runs several commands. The command joins the session that is there and leaves it
   * open; what a session is told when it starts, such as {@code --master}, is the session's. A
   * command that finds no session starts one and stops it. Signals are the program's.
   *
   * @param arguments as on the command line, the command's name first
   */
  public static int execute(String... arguments) {
    VectorModule.load();
    return execute(commandLine(), arguments);
  }

  /** Runs one command and returns its exit status. */
  static int execute(CommandLine line, String... arguments) {
    CommandLine command = named(line, arguments);
    ConfigFile.Expanded expanded;
    try {
      expanded = ConfigFile.expand(command.getCommandSpec(), arguments);
    } catch (SettingsException | UnusablePathException e) {
      return UsageErrors.ofCommandLine().refuseUsage(command, e.getMessage());
    }
    UsageErrors errors = new UsageErrors(expanded.file(), expanded.options());
    line.setParameterExceptionHandler((error, parsed) -> errors.refuse(error));
    line.setExecutionExceptionHandler(
        (failure, failed, parsed) ->
            failure instanceof SettingsException
                    || failure instanceof TableSettingsException
                    || failure instanceof UnusablePathException
                ? errors.refuse(failed, failure.getMessage())
                : report(failed, failure));
    return line.execute(expanded.arguments());
  }

  static CommandLine commandLine() {
    return commandLine(new TokenReel());
  }

  private static CommandLine commandLine(Object program) {
    CommandLine line = new CommandLine(program);
    line.setUnmatchedOptionsAllowedAsOptionParameters(false);
    Numbers.register(line);
    line.registerConverter(Path.class, new Specs.LocalPath());
    CommandHelp.install(line);
    return line;
  }

  /** Says what broke the command: in a line where that says it all, else with the stack trace. */
  private static int report(CommandLine command, Exception failure) {
    Optional<String> refusal = StoreRefusal.of(failure);
    if (refusal.isPresent()) {
      debug(failure);
      return UsageErrors.ofCommandLine().refuse(command, refusal.get());
    }
    if (failure instanceof CacheLockedException locked && !locked.isLost()) {
      return UsageErrors.ofCommandLine().refuse(command, locked.getMessage());
    }
    Optional<String> surroundings = BrokenSurroundings.of(failure);
    if (surroundings.isPresent()) {
      debug(failure);
      UsageErrors.ofCommandLine().refuse(command, surroundings.get());
      return CommandLine.ExitCode.SOFTWARE;
    }
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    command.getErr().print(command.getColorScheme().errorText(UriSecrets.hide(trace.toString())));
    command.getErr().flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static void debug(Exception failure) {
    System.getLogger(TokenReel.class.getName())
        .log(System.Logger.Level.DEBUG, "the command failed", failure);
  }

  /** The subcommand that the arguments name, or the whole. */
  private static CommandLine named(CommandLine line, String[] arguments) {
    return Arrays.stream(arguments)
        .filter(line.getSubcommands()::containsKey)
        .findFirst()
        .map(line.getSubcommands()::get)
        .orElse(line);
  }

  /** What {@code --version} prints. */
  public static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"tokenreel " + WriterVersion.text()};
    }
  }
}
