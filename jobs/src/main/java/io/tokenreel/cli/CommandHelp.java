package io.tokenreel.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
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
      if (option.required()) {
        line.append(' ').append(option.longestName()).append(' ').append(option.paramLabel());
        line.append(option.arity().max() > 1 ? "..." : "");
      }
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
