package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The help of every command: grouped options, and two examples that parse. */
class CommandHelpTest {

  /** The words of every command and subcommand, without options. */
  static Stream<String> commands() {
    return below(TokenReel.commandLine()).map(line -> line.getCommandSpec().qualifiedName());
  }

  private static Stream<CommandLine> below(CommandLine line) {
    return Stream.concat(
        Stream.of(line), line.getSubcommands().values().stream().flatMap(CommandHelpTest::below));
  }

  private static CommandLine line(String qualifiedName) {
    return below(TokenReel.commandLine())
        .filter(line -> line.getCommandSpec().qualifiedName().equals(qualifiedName))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void options_ofEachCommand_standInOneGroup(String command) {
    List<OptionSpec> options = line(command).getCommandSpec().options();
    List<OptionSpec> grouped =
        OptionGroup.of(line(command).getCommandSpec()).values().stream()
            .flatMap(List::stream)
            .toList();
    assertEquals(
        new TreeSet<>(options.stream().map(OptionSpec::longestName).toList()),
        new TreeSet<>(grouped.stream().map(OptionSpec::longestName).toList()));
    assertEquals(options.size(), grouped.size());
    for (OptionSpec option : options) {
      assertNotEquals(
          OptionGroup.OTHER, OptionGroup.of(option), "enter " + option + " in OptionGroup");
    }
  }

  @Test
  void entered_eachOption_isOneOfSomeCommand() {
    List<String> known =
        below(TokenReel.commandLine())
            .flatMap(line -> line.getCommandSpec().options().stream())
            .map(OptionSpec::longestName)
            .toList();
    for (String option : OptionGroup.entered()) {
      assertTrue(known.contains(option), "no command has " + option + " of OptionGroup");
    }
  }

  @ParameterizedTest
  @MethodSource("commands")
  void help_ofEachCommand_endsWithTwoExamplesThatParse(String command) {
    String[] footer = line(command).getCommandSpec().usageMessage().footer();
    List<String> examples = new ArrayList<>();
    for (String example : footer) {
      assertTrue(example.length() < 100, example);
      if (examples.isEmpty() || !examples.get(examples.size() - 1).endsWith("\\")) {
        examples.add(example.strip());
      } else {
        String begun = examples.remove(examples.size() - 1);
        examples.add(begun.replaceFirst("\\\\$", "") + example.strip());
      }
    }
    assertEquals(2, examples.size(), command + " needs two examples: " + examples);
    for (String example : examples) {
      assertTrue(example.startsWith(command), example);
      String[] arguments = example.split("\\s+");
      String[] given = List.of(arguments).subList(1, arguments.length).toArray(String[]::new);
      if (!List.of(given).contains("--config")) { // a file has what else must be there
        assertDoesNotThrow(() -> TokenReel.commandLine().parseArgs(given), example);
      }
    }
  }

  @Test
  void help_ofPrecompute_showsGroupsInTheirOrder() {
    String help = line("tokenreel precompute").getUsageMessage();
    assertTrue(
        help.startsWith("Usage: tokenreel precompute --input PATH... --output DIR [OPTION]...\n"),
        help);
    int last = 0;
    for (String heading :
        List.of(
            "Input", "Frames", "Model", "Compression", "Output", "Limits", "Spark", "General")) {
      int at = help.indexOf("\n" + heading);
      assertTrue(at > last, heading + " in\n" + help);
      last = at;
    }
    assertTrue(help.indexOf("--max-failed") < help.indexOf("\nSpark:"), help);
  }
}
