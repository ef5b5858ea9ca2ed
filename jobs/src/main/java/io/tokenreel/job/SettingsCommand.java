package io.tokenreel.job;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** Prints every command's options as Markdown: the README's page of settings is this output. */
@Command(
    name = "settings",
    mixinStandardHelpOptions = true,
    description = "Prints all commands with their options, as Markdown.")
final class SettingsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(markdown(spec.parent().commandLine()));
    out.flush();
    return 0;
  }

  /** One table per command, in the order of {@code --help}. */
  static String markdown(CommandLine tokenreel) {
    StringBuilder text = new StringBuilder();
    for (CommandLine command : tokenreel.getSubcommands().values()) {
      CommandSpec commandSpec = command.getCommandSpec();
      text.append("#### tokenreel ").append(commandSpec.name()).append("\n\n");
      text.append(String.join(" ", commandSpec.usageMessage().description())).append("\n\n");
      text.append("| option | value | what it does |\n|---|---|---|\n");
      commandSpec
          .positionalParameters()
          .forEach(
              parameter ->
                  text.append(
                      row(
                          parameter.paramLabel(),
                          "",
                          parameter.description(),
                          parameter.defaultValue())));
      for (OptionSpec option : commandSpec.options()) {
        if (!option.usageHelp() && !option.versionHelp()) {
          String name = "`" + option.longestName() + "`" + (option.required() ? " (required)" : "");
          text.append(
              row(
                  name,
                  option.arity().max() == 0 ? "" : option.paramLabel(),
                  option.description(),
                  option.defaultValue()));
        }
      }
      text.append('\n');
    }
    return text.toString();
  }

  private static String row(String name, String value, String[] description, String defaultValue) {
    String what =
        String.join(" ", description).replace("${DEFAULT-VALUE}", "`" + defaultValue + "`");
    return "| %s | %s | %s |%n"
        .formatted(name, value.replace("|", "\\|"), what.replace("|", "\\|"));
  }
}
