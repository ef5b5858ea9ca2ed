package io.tokenreel.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * What {@code --help} shows: what must be given, the options by {@link OptionGroup}, and the
 * examples that each command has as its footer.
 */
public final class CommandHelp {

  public static final String EXAMPLES = "%nExamples:%n";

  private static final int COLUMNS = 110;

  private CommandHelp() {}

  /** Sets the help of a command and of those below it. */
  static void install(CommandLine command) {
    command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_SYNOPSIS, CommandHelp::synopsis);
    command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, CommandHelp::options);
    command.getCommandSpec().usageMessage().width(COLUMNS);
    command.getSubcommands().values().forEach(CommandHelp::install);
  }

  private static String synopsis(Help help) {
    StringBuilder line = new StringBuilder(help.commandSpec().qualifiedName());
    for (OptionSpec option : help.commandSpec().options()) {
      if (option.required() && !isOneOfSeveral(option)) {
        line.append(' ').append(withValue(option));
      }
    }
    for (ArgGroupSpec group : help.commandSpec().argGroups()) {
      line.append(
          group.options().stream()
              .map(CommandHelp::withValue)
              .collect(Collectors.joining(" | ", " (", ")")));
    }
    help.commandSpec()
        .positionalParameters()
        .forEach(parameter -> line.append(' ').append(parameter.paramLabel()));
    line.append(" [OPTION]...");
    if (!help.subcommands().isEmpty()) {
      line.append(" COMMAND");
    }
    return line.append(System.lineSeparator()).toString();
  }

  private static String withValue(OptionSpec option) {
    String several = option.arity().max() > 1 ? "..." : "";
    return option.longestName() + " " + option.paramLabel() + several;
  }

  /** Whether an option or another one must be given, and not both. */
  static boolean isOneOfSeveral(OptionSpec option) {
    return option.group() != null && option.group().exclusive();
  }

  private static String options(Help help) {
    StringBuilder text = new StringBuilder();
    OptionGroup.of(help.commandSpec())
        .forEach((group, options) -> text.append(section(help, group, options)));
    return text.toString();
  }

  private static String section(Help help, OptionGroup group, List<OptionSpec> options) {
    Help.Layout layout = help.createDefaultLayout();
    layout.addOptions(options, help.parameterLabelRenderer());
    return "%n%s:%n%s".formatted(group.heading(), layout);
  }
}
