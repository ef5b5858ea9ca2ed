package io.tokenreel.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.classic.Dataset;
import org.apache.spark.sql.execution.HiveResult;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every function is described as the docs promise, and every example prints what it says. */
class FunctionDocTest {

  @Test
  void catalog_all_isInTheOrderOfTheDocs() {
    assertEquals(
        List.of(
            "select_tokens(block, spec)",
            "compress_tokens(block, spec[, dtype])",
            "vidcom2(block, retention)",
            "dycoke(block, prune)",
            "frame_budgets(block, spec)",
            "token_stats(block)",
            "make_block(values, frames, grid_height, grid_width[, dtype])",
            "token_values(compressed)"),
        TokenFunctions.all().stream().map(TokenFunction::signature).toList());
  }

  @TestFactory
  Stream<DynamicTest> describe_eachFunction_showsUsageAndExamples() {
    return TokenFunctions.all().stream()
        .map(f -> DynamicTest.dynamicTest(f.name(), () -> assertDescribed(f)));
  }

  private static void assertDescribed(TokenFunction<?> function) {
    List<String> lines =
        LocalSpark.extended()
            .sql("DESCRIBE FUNCTION EXTENDED " + function.name())
            .as(Encoders.STRING())
            .collectAsList();
    String description = String.join("\n", lines);
    assertTrue(description.contains("Usage: " + function.signature() + " - Returns"), description);
    assertTrue(
        description.contains("Arguments:\n      * " + function.subject().name() + " - "),
        description);
    assertTrue(description.contains("Since: " + FunctionDoc.SINCE), description);
    FunctionDoc doc = function.doc();
    assertEquals(function.parameters().size() + 1, doc.arguments().size());
    assertTrue(!doc.examples().isEmpty(), "an example of " + function.name());
    for (FunctionDoc.Example example : doc.examples()) {
      String query = example.query().replace("_FUNC_", function.name());
      assertTrue(description.contains("> " + query + ";\n       " + example.result()), description);
    }
  }

  @TestFactory
  Stream<DynamicTest> example_eachOfEachFunction_printsItsResult() {
    return TokenFunctions.all().stream().flatMap(FunctionDocTest::examples);
  }

  private static Stream<DynamicTest> examples(TokenFunction<?> function) {
    return function.doc().examples().stream()
        .map(
            example -> {
              String query = example.query().replace("_FUNC_", function.name());
              return DynamicTest.dynamicTest(
                  query,
                  () -> assertEquals(example.result(), printed(LocalSpark.extended(), query)));
            });
  }

  /** The one line that spark-sql prints for a query. */
  static String printed(SparkSession spark, String query) {
    var rows = (Dataset<Row>) spark.sql(query);
    return HiveResult.hiveResultString(rows.queryExecution().executedPlan()).mkString("\n");
  }
}
