package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/sql has a page per function, which is what DESCRIBE FUNCTION EXTENDED says. */
class SqlDocTest {

  private static final Path PAGES = Path.of("docs", "sql");
  private static final int COLUMNS = 116;

  /** {@code -Dtokenreel.test.refresh=true} writes the pages. */
  private static final boolean REFRESH = Boolean.getBoolean("tokenreel.test.refresh");

  @Test
  void pages_eachFunction_isWhatTheCatalogSays() throws IOException {
    for (TokenFunction<?> function : TokenFunctions.all()) {
      Path page = PAGES.resolve(function.name() + ".md");
      if (REFRESH) {
        Files.writeString(page, section(function));
      }
      assertEquals(
          section(function),
          Files.readString(page),
          "to refresh the pages: ./mvnw -pl udf test -Dtest=SqlDocTest -Dtokenreel.test.refresh=true");
    }
  }

  @Test
  void pages_all_areOfFunctions() throws IOException {
    try (Stream<Path> pages = Files.list(PAGES)) {
      assertEquals(
          TokenFunctions.all().stream().map(TokenFunction::name).sorted().toList(),
          pages.map(page -> page.getFileName().toString().replace(".md", "")).sorted().toList());
    }
  }

  private static String section(TokenFunction<?> function) {
    FunctionDoc doc = function.doc();
    StringBuilder text =
        new StringBuilder("# " + function.name() + "\n\n    " + function.signature() + "\n\n");
    text.append(wrapped("", doc.usage().replaceFirst("^.*? - ", ""))).append('\n');
    for (String argument : doc.arguments()) {
      text.append(wrapped("  ", "* " + argument.replaceFirst("^(\\w+) - ", "`$1`: ")));
    }
    text.append("\n```sql\n");
    for (FunctionDoc.Example example : doc.examples()) {
      text.append(example.query().replace("_FUNC_", function.name())).append(";\n");
      text.append("-- ").append(example.result()).append('\n');
    }
    return text.append("```\n").toString();
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
