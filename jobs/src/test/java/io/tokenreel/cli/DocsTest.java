package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The pages of settings and of tables are what the code prints. */
class DocsTest {

  private static String printed(String... arguments) {
    StringWriter out = new StringWriter();
    CommandLine line = TokenReel.commandLine();
    line.setOut(new PrintWriter(out));
    assertEquals(0, TokenReel.execute(line, arguments));
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource({"docs/settings.md,settings", "docs/tables.md,settings --tables"})
  void page_ofDocs_isWhatTheCommandPrints(String page, String command) throws IOException {
    assertEquals(
        printed(command.split(" ")),
        Files.readString(JobTests.ROOT.resolve(page)),
        "to refresh the page: bin/tokenreel %s > %s".formatted(command, page));
  }

  @Test
  void settingsMarkdown_everyOption_hasARow() {
    CommandLine tokenreel = TokenReel.commandLine();
    String page = SettingsCommand.markdown(tokenreel);
    for (CommandLine command : tokenreel.getSubcommands().values()) {
      String name = command.getCommandName();
      assertTrue(page.contains("## tokenreel " + name + "\n"), name);
    }
    for (String row :
        new String[] {
          "| `--input` (required) | PATH | a folder (walked), files,",
          "| `--batch-frames` | N | ",
          "| `--token-dtype` | f32\\|f16\\|bf16\\|int8\\|fp8 | ",
          "(default: vidcom2:retention=0.25) |\n",
          "| `--keep-features` |  | keep"
        }) {
      assertTrue(page.contains(row), row + "\nis not in\n" + page);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--tables"})
  void page_everyRow_hasThreeCells(String option) {
    String page = option.isEmpty() ? printed("settings") : printed("settings", option);
    page.lines()
        .filter(line -> line.startsWith("|"))
        .forEach(line -> assertEquals(4, line.split("(?<!\\\\)[|]", -1).length - 1, line));
  }

  @Test
  void tablesMarkdown_everyTable_hasKeyAndColumns() {
    String page = SettingsCommand.tablesMarkdown();
    for (CacheTable table : CacheTable.values()) {
      assertTrue(page.contains("## " + table.folder() + "/\n"), page);
      Arrays.stream(table.schema().fieldNames())
          .forEach(name -> assertTrue(page.contains("| `" + name + "` | `"), name));
    }
    assertTrue(page.contains("| `token_index` | `array<int>` | per token its place"), page);
    assertTrue(page.contains("Key: `run_id`, `video_id`\n"), page);
  }
}
