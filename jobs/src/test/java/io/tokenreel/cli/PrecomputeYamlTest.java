package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Holds conf/precompute.yaml to the command's own options. */
class PrecomputeYamlTest {

  private static final Pattern SETTING = Pattern.compile("# ([a-z-]+): (.+)");

  private static List<String> lines;
  private static final Map<String, String> SETTINGS = new TreeMap<>();

  @BeforeAll
  static void read() throws IOException {
    lines = Files.readAllLines(JobTests.ROOT.resolve("conf/precompute.yaml"));
    for (String line : lines) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        SETTINGS.put(setting.group(1), setting.group(2));
      }
    }
  }

  private static CommandSpec precompute() {
    return TokenReel.commandLine().getSubcommands().get("precompute").getCommandSpec();
  }

  private static Stream<OptionSpec> options() {
    return precompute().options().stream()
        .filter(option -> !option.usageHelp() && !option.versionHelp())
        .filter(option -> !option.longestName().equals("--config"));
  }

  private static String key(OptionSpec option) {
    return option.longestName().substring(2);
  }

  @Test
  void file_settings_areTheCommandsOptionsInTheirOrder() {
    assertEquals(
        options().map(PrecomputeYamlTest::key).toList(),
        lines.stream()
            .map(SETTING::matcher)
            .filter(Matcher::matches)
            .map(setting -> setting.group(1))
            .toList(),
        "conf/precompute.yaml has one commented value per option of precompute, in --help's order");
  }

  @Test
  void file_values_areTheDefaults() {
    options()
        .filter(option -> option.defaultValue() != null)
        .forEach(
            option -> {
              boolean list = option.isMultiValue();
              assertEquals(
                  list ? "[" + option.defaultValue() + "]" : option.defaultValue(),
                  SETTINGS.get(key(option)),
                  option.longestName());
            });
    options()
        .filter(option -> option.arity().max() == 0)
        .forEach(option -> assertEquals("false", SETTINGS.get(key(option)), option.longestName()));
  }

  @Test
  void file_everySetting_followsOneLineOfComment() {
    for (int i = 0; i < lines.size(); i++) {
      if (SETTING.matcher(lines.get(i)).matches()) {
        assertTrue(lines.get(i - 1).matches("# [^:]*\\b.*[.]"), "line " + i + " explains the next");
        assertEquals("", lines.get(i - 2), "above line " + i);
      }
      assertTrue(lines.get(i).isEmpty() || lines.get(i).startsWith("# "), "line " + (i + 1));
    }
  }

  @Test
  void file_withItsValuesCommentedIn_isTaken(@TempDir Path folder) throws IOException {
    Path config = folder.resolve("run.yaml");
    Files.write(
        config,
        lines.stream()
            .map(line -> SETTING.matcher(line).matches() ? line.substring(2) : line)
            .toList());
    String[] expanded =
        ConfigFile.expand(precompute(), new String[] {"precompute", "--config", config.toString()})
            .arguments();
    List<String> matched =
        TokenReel.commandLine().parseArgs(expanded).subcommand().matchedOptions().stream()
            .map(PrecomputeYamlTest::key)
            .filter(key -> !key.equals("config"))
            .toList();
    List<String> valued =
        options().filter(option -> option.arity().max() > 0).map(PrecomputeYamlTest::key).toList();
    assertEquals(new TreeSet<>(valued), new TreeSet<>(matched));
  }
}
