package io.tokenreel.eval.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerAccuracyEvaluatorTest {

  private static final StructType SCHEMA =
      new StructType()
          .add("response", "string")
          .add("options", DataTypes.createArrayType(DataTypes.StringType))
          .add("answer", "string");
  private static final String[] COLOURS = {"red", "blue", "green"};

  private static Row row(String response, String answer) {
    return RowFactory.create(response, COLOURS, answer);
  }

  private static Dataset<Row> rows(Row... rows) {
    return LocalSpark.plain().createDataFrame(Arrays.asList(rows), SCHEMA);
  }

  private static AnswerAccuracyEvaluator words() {
    return new AnswerAccuracyEvaluator().setParser("words").setLabelForm("option");
  }

  @Test
  void defaults_newEvaluator_areThoseOfTheDocs() {
    var evaluator = new AnswerAccuracyEvaluator();
    assertEquals("response", evaluator.getOrDefault(evaluator.predictionCol()));
    assertEquals("answer", evaluator.getOrDefault(evaluator.labelCol()));
    assertEquals("options", evaluator.getOrDefault(evaluator.optionsCol()));
    assertEquals("letter", evaluator.getOrDefault(evaluator.labelForm()));
    assertEquals("accuracy", evaluator.getOrDefault(evaluator.metricName()));
    assertFalse(evaluator.isDefined(evaluator.parser()));
    assertEquals(6, evaluator.params().length);
  }

  @Test
  void counts_rowsWithoutUsableAnswers_stayInTheDenominator() {
    Dataset<Row> answered =
        rows(row("Red.", "red"), row("blue", "red"), row(null, "green"), row("purple", "green"));
    AnswerCounts counts = words().counts(answered);
    assertEquals(new AnswerCounts(1, 1, 1, 1, 0), counts);
    assertEquals(4, counts.questions());
    assertEquals(0.25, words().evaluate(answered));
    for (String metric : List.of("missing", "unread")) {
      assertEquals(0.25, words().setMetricName(metric).evaluate(answered), metric);
    }
    assertEquals(0, words().setMetricName("guessed").evaluate(answered));
  }

  /** Upstream draws where it finds no letter; here that is counted, and wrong. */
  @Test
  void counts_responseThatUpstreamWouldGuess_isGuessed() {
    Dataset<Row> answered = rows(row("I cannot say", "B"), row("B", "B"), row("(A) red", "B"));
    var evaluator = new AnswerAccuracyEvaluator().setParser("egoschema");
    assertEquals(new AnswerCounts(1, 1, 0, 0, 1), evaluator.counts(answered));
  }

  @Test
  void evaluate_labelForms_nameTheSameOption() {
    assertEquals(1, words().setLabelForm("index").evaluate(rows(row("green", "2"))));
    assertEquals(1, words().setLabelForm("letter").evaluate(rows(row("green", "C"))));
    assertEquals(1, words().evaluate(rows(row("green", "green"))));
  }

  @Test
  void isLargerBetter_sharesOfUnanswered_isFalse() {
    assertTrue(words().isLargerBetter());
    assertFalse(words().setMetricName("missing").isLargerBetter());
  }

  @Test
  void evaluate_paramMap_goesBeforeWhatIsSet() {
    var evaluator = words();
    Dataset<Row> answered = rows(row(null, "red"), row("red", "red"));
    var map = new ParamMap().put(evaluator.metricName(), "missing");
    assertEquals(0.5, evaluator.evaluate(answered, map));
    assertEquals(evaluator.uid(), evaluator.copy(map).uid());
    assertEquals("accuracy", evaluator.getOrDefault(evaluator.metricName()));
  }

  @Test
  void evaluate_whatCannotBeScored_isRefusedWithTheWayToMendIt() {
    Dataset<Row> answered = rows(row("red", "red"));
    assertRefused(
        () -> new AnswerAccuracyEvaluator().evaluate(answered), "parser is not set", "words");
    assertRefused(
        () -> words().setLabelCol("gold").evaluate(answered), "labelCol 'gold'", "[response");
    assertRefused(
        () -> words().evaluate(rows(row("red", "red"), row("red", null))), "is NULL in 1 rows");
    assertRefused(() -> words().evaluate(rows()), "no question");
    assertRefused(() -> words().setParser("llm"), "unknown parser 'llm'", "words");
    assertRefused(() -> words().setLabelForm("text"), "letter, index or option");
    assertRefused(() -> words().setLabelForm("words"), "letter, index or option");
    assertRefused(() -> words().setMetricName("f1"), "unknown metric 'f1'", "[accuracy, missing");
    assertRefused(() -> words().setLabelCol(""), "labelCol", "must not be empty");
  }

  private static void assertRefused(Runnable call, String... parts) {
    var error = assertThrows(IllegalArgumentException.class, call::run);
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
  }

  @Test
  void save_andLoad_keepsUidAndParams(@TempDir Path folder) throws IOException {
    var evaluator = words().setMetricName("unread").setPredictionCol("said");
    evaluator.save(folder.resolve("evaluator").toString());
    var loaded = AnswerAccuracyEvaluator.read().load(folder.resolve("evaluator").toString());
    assertEquals(evaluator.uid(), loaded.uid());
    assertEquals(evaluator.extractParamMap().toString(), loaded.extractParamMap().toString());
  }
}
