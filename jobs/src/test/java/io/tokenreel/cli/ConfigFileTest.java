package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Model.CommandSpec;

class ConfigFileTest {

  @TempDir Path folder;

  private static CommandSpec precompute() {
    return TokenReel.commandLine().getSubcommands().get("precompute").getCommandSpec();
  }

  private String file(String name, String... lines) throws IOException {
    return Files.write(folder.resolve(name), List.of(lines)).toString();
  }

  private static List<String> expand(String... arguments) {
    return List.of(ConfigFile.expand(precompute(), arguments).arguments());
  }

  @Test
  void expand_yaml_appendsValuesListsAndFlags() throws IOException {
    String config =
        file(
            "run.yaml",
            "# a comment",
            "sampling: uniform:frames=8",
            "batch-frames: 16",
            "compression:",
            "  - none",
            "  - vidcom2:retention=0.5",
            "keep-features: true",
            "quiet: false");
    assertEquals(
        List.of(
            "precompute",
            "--config",
            config,
            "--batch-frames=16",
            "--compression=none",
            "--compression=vidcom2:retention=0.5",
            "--keep-features",
            "--sampling=uniform:frames=8"),
        expand("precompute", "--config", config));
  }

  @Test
  void expand_sparkPropertiesOfBoth_addThoseThatTheCommandLineDoesNotName() throws IOException {
    String config =
        file("run.yaml", "conf:", "  - spark.a=1", "  - spark.b=2", "compression:", "  - none");
    String[] arguments = {
      "precompute",
      "--config",
      config,
      "--conf",
      "spark.b=3",
      "--conf=spark.c=4",
      "--compression=fca"
    };
    List<String> expected = new ArrayList<>(List.of(arguments));
    expected.add("--conf=spark.a=1");
    assertEquals(expected, expand(arguments));
  }

  @Test
  void expand_properties_appendsValuesListsAndFlags() throws IOException {
    String config =
        file(
            "run.properties",
            "# a comment",
            "sampling = uniform:frames=8",
            "compression = none ; vidcom2:retention=0.5",
            "keep-features = true");
    assertEquals(
        List.of(
            "precompute",
            "--config=" + config,
            "--compression=none",
            "--compression=vidcom2:retention=0.5",
            "--keep-features",
            "--sampling=uniform:frames=8"),
        expand("precompute", "--config=" + config));
  }

  @Test
  void expand_optionOnTheCommandLine_winsOverTheFile() throws IOException {
    String config =
        file("run.yml", "batch-frames: 16", "compression: [none, dycoke]", "check: full");
    assertEquals(
        List.of(
            "precompute",
            "--config",
            config,
            "--batch-frames=4",
            "--compression",
            "none",
            "--check=full"),
        expand("precompute", "--config", config, "--batch-frames=4", "--compression", "none"));
  }

  @Test
  void expand_withoutConfig_isTheCommandLine() {
    assertEquals(List.of("precompute", "--quiet"), expand("precompute", "--quiet"));
  }

  @Test
  void expand_onlyComments_isTheCommandLine() throws IOException {
    String config = file("run.yaml", "# batch-frames: 16", "");
    assertEquals(
        List.of("precompute", "--config", config), expand("precompute", "--config", config));
  }

  @Test
  void expand_valuesThatLookLikeNumbers_areAsTheyAreSpelled() throws IOException {
    String config =
        file("run.yaml", "output: 2024.10", "input: [1e3, 0012, 0x1F, 1_000, \"07\", 2026-01-02]");
    assertEquals(
        List.of(
            "precompute",
            "--config",
            config,
            "--input=1e3",
            "--input=0012",
            "--input=0x1F",
            "--input=1_000",
            "--input=07",
            "--input=2026-01-02",
            "--output=2024.10"),
        expand("precompute", "--config", config));
  }

  @Test
  void expand_numbersOfOptionsThatAreNumbers_mayHaveUnderscores() throws IOException {
    String config = file("run.yaml", "batch-frames: 1_000");
    assertEquals(
        List.of("precompute", "--config", config, "--batch-frames=1000"),
        expand("precompute", "--config", config));
  }

  @Test
  void expand_alias_isRefused() throws IOException {
    String config = file("run.yaml", "model: &m default", "output: *m");
    JobTests.assertRefused(
        () -> expand("precompute", "--config", config), "setting 'output' is an alias, *m");
  }

  @Test
  void expand_settingThatStandsThereTwice_isRefused() throws IOException {
    String yaml = file("run.yaml", "compression: [none]", "sampling: keyframes", "compression: x");
    JobTests.assertRefused(() -> expand("precompute", "--config", yaml), "run.yaml", "compression");
    String properties = file("run.properties", "compression = none", "compression = dycoke");
    JobTests.assertRefused(
        () -> expand("precompute", "--config", properties),
        "run.properties: setting 'compression' stands there twice; give several values of one with ;");
    String documents = file("two.yaml", "batch-frames: 1", "---", "batch-frames: 2");
    JobTests.assertRefused(
        () -> expand("precompute", "--config", documents), "must hold one mapping of settings");
  }

  @Test
  void expand_unknownKey_listsTheKnownOnes() throws IOException {
    String config = file("run.yaml", "batch-frame: 16");
    JobTests.assertRefused(
        () -> expand("precompute", "--config", config),
        "run.yaml: unknown setting 'batch-frame'; did you mean batch-frames? known: [batch-frames, check,",
        "videos-per-commit]");
    String nested = file("nested.yaml", "config: other.yaml");
    JobTests.assertRefused(
        () -> expand("precompute", "--config", nested),
        "nested.yaml: unknown setting 'config'; did you mean conf? known: [batch-frames, check, compression, compute-dtype, conf,");
  }

  @Test
  void expand_flagThatIsNeitherTrueNorFalse_isRefused() throws IOException {
    String config = file("run.yaml", "keep-features: yes please");
    JobTests.assertRefused(
        () -> expand("precompute", "--config", config),
        "setting 'keep-features' must be true or false; got 'yes please'");
  }

  @Test
  void expand_valueThatIsNoScalar_isRefused() throws IOException {
    for (String value : List.of("", " {a: 1}", " [[none]]", " [none, ]\nsampling:")) {
      String config = file("run.yaml", "model:" + value);
      JobTests.assertRefused(
          () -> expand("precompute", "--config", config),
          "must be a value or a list of values; got ");
    }
  }

  @Test
  void expand_fileThatCannotBeUsed_saysWhy() throws IOException {
    String missing = folder.resolve("missing.yaml").toString();
    JobTests.assertRefused(() -> expand("--config", missing), missing, "does not exist");
    String json = file("run.json", "{}");
    JobTests.assertRefused(
        () -> expand("--config", json), "takes a .properties, .yaml or .yml file; got " + json);
    String list = file("list.yaml", "- none");
    JobTests.assertRefused(() -> expand("--config", list), list, "one mapping of settings");
    String malformed = file("malformed.yaml", "model: [");
    JobTests.assertRefused(() -> expand("--config", malformed), malformed, "not well-formed YAML");
  }
}
