package io.tokenreel.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SweepDocsTest {

  private static final String BEGIN = "<!-- results -->\n";
  private static final String END = "<!-- /results -->";

  /** The message has what belongs there. */
  @Test
  void docs_columnsOfResults_areThoseThatAreWritten() throws IOException {
    String page = Files.readString(Path.of("docs/sweeps.md"));
    String expected =
        ResultColumns.all().stream()
            .map(
                column ->
                    "| `%s` | %s | %s |\n"
                        .formatted(column.name(), column.type().simpleString(), column.meaning()))
            .collect(
                Collectors.joining("", "\n| column | type | what it is |\n|---|---|---|\n", "\n"));
    assertEquals(expected, page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END)));
  }
}
