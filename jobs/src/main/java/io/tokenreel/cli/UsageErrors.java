package io.tokenreel.cli;

import io.tokenreel.spec.UnknownWord;
import io.tokenreel.video.UriSecrets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is said of a command line that cannot be run: one line that names the word at fault and the
 * nearest known one, and one that names the help. Exit status 2.
 */
final class UsageErrors {

  /** What picocli says of a word with a dash where a value is due. */
  private static final Pattern NO_VALUE =
      Pattern.compile(
          "Expected parameter for option '(?<option>[^']+)' but found '(?<word>[^']+)'");

  /** Where options of this command line that do not stand on it were read from. */
  private final String config;

  private final Set<String> fromConfig;

  /**
   * @param config the file that --config names; null without one
   * @param fromConfig names of the options that the file gave
   */
  UsageErrors(String config, Set<String> fromConfig) {
    this.config = config;
    this.fromConfig = new TreeSet<>(fromConfig);
  }

  /** Those of a command line without a file. */
  static UsageErrors ofCommandLine() {
    return new UsageErrors(null, Set.of());
  }

  /** Says what picocli found. */
  int refuse(ParameterException error) {
    return refuseUsage(error.getCommandLine(), reason(error));
  }

  /** Says what is wrong with a setting or an input; where it is an option's, with its help. */
  int refuse(CommandLine command, String reason) {
    boolean option =
        command.getCommandSpec().optionsMap().keySet().stream()
            .anyMatch(name -> names(reason, name));
    return option ? refuseUsage(command, reason) : print(command, reason);
  }

  /** As {@link #refuse(CommandLine, String)}, with the command's help in any case. */
  int refuseUsage(CommandLine command, String reason) {
    return print(command, reason, "see " + help(command));
  }

  private int print(CommandLine command, String reason, String... more) {
    String said = UriSecrets.hide(reason.strip().lines().collect(Collectors.joining(" ")));
    String program = command.getCommandSpec().root().name();
    command
        .getErr()
        .println(command.getColorScheme().errorText(program + ": " + said + file(reason)));
    for (String line : more) {
      command.getErr().println(line);
    }
    command.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** Says which file an option is from, where it did not stand on the command line. */
  private String file(String reason) {
    return fromConfig.stream().anyMatch(name -> names(reason, name))
        ? " (in %s)".formatted(config)
        : "";
  }

  private static boolean names(String reason, String option) {
    return option.startsWith("--") && reason.matches("(?s)(.*[^\\w-])?" + option + "([^\\w-].*)?");
  }

  private static String help(CommandLine command) {
    return command.getCommandSpec().qualifiedName() + " --help";
  }

  private static String reason(ParameterException error) {
    CommandLine command = error.getCommandLine();
    List<String> unmatched =
        error instanceof UnmatchedArgumentException unknown
            ? unknown.getUnmatched()
            : error instanceof MissingParameterException
                ? command.getUnmatchedArguments()
                : List.of();
    Matcher due = NO_VALUE.matcher(error.getMessage());
    if (due.find() && command.getCommandSpec().optionsMap().containsKey(due.group("word"))) {
      return "option '%s' needs a value before '%s'"
          .formatted(due.group("option"), due.group("word"));
    }
    if (due.reset().find()) {
      return unknown(command.getCommandSpec(), due.group("word"));
    }
    if (!unmatched.isEmpty()) {
      return unknown(command.getCommandSpec(), unmatched.get(0));
    }
    if (error.getMessage().startsWith("Missing required subcommand")) {
      return "which command? known: " + command.getSubcommands().keySet();
    }
    if (error.getArgSpec() instanceof OptionSpec option && option.typeInfo().isMap()) {
      return "%s must be %s, such as spark.executor.memory=4g; got '%s'"
          .formatted(option.longestName(), option.paramLabel(), error.getValue());
    }
    return error.getMessage();
  }

  private static String unknown(CommandSpec command, String argument) {
    if (argument.startsWith("-")) {
      return unknownOption(command, argument.replaceFirst("=.*", ""));
    }
    if (!command.subcommands().isEmpty()) {
      return UnknownWord.message("command", argument, command.subcommands().keySet());
    }
    return "unexpected '%s': values follow the option that they are for".formatted(argument);
  }

  private static String unknownOption(CommandSpec command, String option) {
    String unknown = "unknown option '%s'".formatted(option);
    String nearest =
        UnknownWord.nearest(option, longNames(command))
            .map("; did you mean %s?"::formatted)
            .orElse("");
    if (nearest.isEmpty() && command.parent() != null) {
      List<String> others =
          command.parent().subcommands().entrySet().stream()
              .filter(other -> other.getValue().getCommandSpec().optionsMap().containsKey(option))
              .map(Map.Entry::getKey)
              .toList();
      return others.isEmpty()
          ? unknown
          : "%s: it belongs to %s".formatted(unknown, String.join(", ", others));
    }
    return unknown + nearest;
  }

  private static Collection<String> longNames(CommandSpec command) {
    return command.optionsMap().keySet().stream().filter(name -> name.startsWith("--")).toList();
  }
}
