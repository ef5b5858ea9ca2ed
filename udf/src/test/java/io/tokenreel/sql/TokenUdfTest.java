package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The functions as registered classes give what those of the extension give. */
class TokenUdfTest {

  private static final Path PAGE = Path.of("docs", "sql.md");
  private static final String BEGIN = "<!-- classes -->\n";
  private static final String END = "<!-- /classes -->";

  /** Names of the classes, in the order of the functions; with As, those that take a dtype. */
  private static final List<String> CLASSES =
      List.of(
          "SelectTokens",
          "CompressTokens",
          "VidCom2",
          "DyCoke",
          "FrameBudgets",
          "TokenStats",
          "MakeBlock",
          "TokenValues");

  private static final SparkSession SHORT = registered(false);
  private static final SparkSession LONG = registered(true);

  private static String className(int function, boolean allArguments) {
    boolean more = allArguments && TokenFunctions.all().get(function).optionalParameters() > 0;
    return "io.tokenreel.sql.udf." + CLASSES.get(function) + (more ? "As" : "");
  }

  /** A session with the classes under the functions' names, as registerJavaFunction leaves it. */
  private static SparkSession registered(boolean allArguments) {
    SparkSession session = LocalSpark.plain().newSession();
    List<TokenFunction<?>> functions = TokenFunctions.all();
    for (int i = 0; i < functions.size(); i++) {
      TokenFunction<?> function = functions.get(i);
      session
          .udf()
          .registerJava(function.name(), className(i, allArguments), function.returnType());
    }
    return session;
  }

  @TestFactory
  Stream<DynamicTest> example_eachOfEachFunction_printsWhatTheExtensionsFunctionPrints() {
    return TokenFunctions.all().stream().flatMap(TokenUdfTest::examples);
  }

  private static Stream<DynamicTest> examples(TokenFunction<?> function) {
    return function.doc().examples().stream()
        .map(
            example -> {
              String query = example.query().replace("_FUNC_", function.name());
              boolean second =
                  example.equals(function.doc().examples().get(1 % examplesOf(function)));
              SparkSession session = second && function.optionalParameters() > 0 ? LONG : SHORT;
              return DynamicTest.dynamicTest(
                  query,
                  () -> {
                    String plan = session.sql("EXPLAIN " + query).first().getString(0);
                    assertFalse(plan.contains("TokenCall"), plan);
                    assertEquals(example.result(), FunctionDocTest.printed(session, query));
                  });
            });
  }

  private static int examplesOf(TokenFunction<?> function) {
    return function.doc().examples().size();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          make_block(array(1.5D, 2D, 3D, 4D), 1, 1, 2)
          make_block(array(1.5F, 2F, 3F, 4F), 1L, 1, 2)
          make_block(array(1.25, 2.5, 3, 4), 1, 1, 2)
          make_block(array(array(1, 2), array(3, 4)), 1, 1, 2)
          make_block(unhex('0000803F00000040'), 1, 1, 2)
          vidcom2(tokens, 0.50)
          vidcom2(tokens, 0.5D)
          dycoke(tokens, 0.0000001)
          token_stats(tokens)
          token_values(tokens)
          frame_budgets(tokens, concat('vidcom2:retention=0.', 25 + id))
          select_tokens(tokens, NULL)
          select_tokens(if(id < 0, tokens, NULL), 'none')
          vidcom2(tokens, if(id < 0, 0.5, NULL))
          """)
  void call_ofEachTypeOfArgument_givesWhatTheExtensionsFunctionGives(String call) {
    String query = "SELECT %s AS it FROM (%s)".formatted(call, tokens());
    assertEquals(
        FunctionDocTest.printed(LocalSpark.extended(), query),
        FunctionDocTest.printed(SHORT, query));
  }

  private static String tokens() {
    return "SELECT id, %s AS tokens FROM range(2)".formatted(SampleBlock.SQL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          select_tokens(tokens, 'shrink')        | select_tokens: unknown compression method 'shrink'
          select_tokens(tokens, 7)               | select_tokens: spec must be a STRING; got double
          vidcom2(tokens, '0.5')                 | vidcom2: retention must be a NUMBER; got string
          vidcom2(tokens, 2)                     | vidcom2: retention
          select_tokens(array(1.0), 'none')      | select_tokens: a token block must be struct<frames:int,
          select_tokens(current_date(), 'none')  | select_tokens: expected a struct, an array, binary, a string or a number; got a
          make_block(array(1, NULL), 1, 1, 2)    | make_block: values must not hold NULL; number 1 is
          make_block(array(1, 1e300D), 1, 1, 2)  | make_block: values must fit a float; number 1 is 1.0E300
          make_block(array(1, 2), 0, 1, 2)       | make_block: frames must be a whole number from 1 to 999999999; got 0
          make_block(array(), 1, 1, 2)           | make_block: values must hold frames * grid_height * grid_width = 2 tokens; got none
          token_values(named_struct('dim', 1))   | token_values: stored tokens must have a field dtype string
          """)
  void call_wrong_failsWithWhatWasExpected(String call, String message) {
    String query = "SELECT %s AS it FROM (%s)".formatted(call, tokens());
    Throwable error = assertThrows(SparkException.class, () -> SHORT.sql(query).collectAsList());
    while (!(error instanceof IllegalArgumentException)) {
      error = error.getCause();
    }
    assertTrue(error.getMessage().startsWith(message), error.toString());
  }

  @Test
  void call_blocksOfTwoTypes_readsEachByItsNames() {
    io.tokenreel.sql.udf.SelectTokens udf = new io.tokenreel.sql.udf.SelectTokens();
    Row block = SHORT.sql(tokens()).select("tokens").first().getStruct(0);
    Row other =
        SHORT
            .sql(
                "SELECT named_struct('data', unhex(repeat('803F', 4)), 'dtype', 'bf16', 'dim', 1, 'grid_width', 2, 'grid_height', 1, 'tokens_per_frame', 2L, 'frames', 2)")
            .first()
            .getStruct(0);
    for (int i = 0; i < 2; i++) {
      assertEquals(10, ((int[]) udf.call(block, "none")).length);
      assertEquals(4, ((int[]) udf.call(other, "none")).length);
    }
    assertNull(udf.call(null, "none"));
  }

  @Test
  void page_classes_areThoseOfTheCatalog() throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(BEGIN);
    int to = page.indexOf(END, from);
    assertTrue(from >= 0 && to > from, PAGE + " must have " + BEGIN.strip() + " ... " + END);
    assertEquals(table(), page.substring(from + BEGIN.length(), to));
  }

  private static String table() {
    StringBuilder rows = new StringBuilder("| class | call | returns |\n|---|---|---|\n");
    for (int i = 0; i < CLASSES.size(); i++) {
      TokenFunction<?> function = TokenFunctions.all().get(i);
      rows.append(row(i, false));
      if (function.optionalParameters() > 0) {
        rows.append(row(i, true));
      }
    }
    return rows.toString();
  }

  private static String row(int index, boolean allArguments) {
    TokenFunction<?> function = TokenFunctions.all().get(index);
    int given = function.parameters().size() - (allArguments ? 0 : function.optionalParameters());
    String arguments =
        function.parameters().stream()
            .limit(given)
            .map(parameter -> ", " + parameter.name())
            .collect(Collectors.joining());
    return "| `%s` | `%s(%s%s)` | `%s` |\n"
        .formatted(
            className(index, allArguments),
            function.name(),
            function.subject().name(),
            arguments,
            function.returnType().catalogString());
  }
}
