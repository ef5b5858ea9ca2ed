package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/sql.md has a section per function, which is what DESCRIBE FUNCTION EXTENDED says. */
class SqlDocTest {

  private static final Path PAGE = Path.of("docs", "sql.md");
  private static final String BEGIN = "<!-- functions -->\n";
  private static final String END = "<!-- /functions -->";
  private static final int COLUMNS = 116;

  @Test
  void page_functions_areWhatTheCatalogSays() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN);
    int to = page.indexOf(END, from);
    assertTrue(from >= 0 && to > from, PAGE + " must have " + BEGIN.strip() + " ... " + END);
    assertEquals(sections(), page.substring(from + BEGIN.length(), to));
  }

  /** What belongs between the markers. */
  static String sections() {
    return TokenFunctions.all().stream().map(SqlDocTest::section).collect(Collectors.joining());
  }

  private static String section(TokenFunction<?> function) {
    FunctionDoc doc = function.doc();
    StringBuilder text = new StringBuilder("### `" + function.signature() + "`\n\n");
    text.append(wrapped("", doc.usage().replaceFirst("^.*? - ", ""))).append('\n');
    for (String argument : doc.arguments()) {
      text.append(wrapped("  ", "* " + argument.replaceFirst("^(\\w+) - ", "`$1`: ")));
    }
    text.append("\n```sql\n");
    for (FunctionDoc.Example example : doc.examples()) {
      text.append(example.query().replace("_FUNC_", function.name())).append(";\n");
      text.append("-- ").append(example.result()).append('\n');
    }
    return text.append("```\n\n").toString();
  }

  /** The text in lines, broken at spaces; those after the first are indented. */
  private static String wrapped(String indent, String text) {
    StringBuilder lines = new StringBuilder();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > COLUMNS) {
        lines.append(line).append('\n');
        line = new StringBuilder(indent);
        line.append(word);
      } else {
        line.append(line.isEmpty() ? "" : " ").append(word);
      }
    }
    return lines.append(line).append('\n').toString();
  }
}
