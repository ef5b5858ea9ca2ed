package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.sql.LocalSpark;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When an answer is right. */
class AnswerRowsTest {

  private static final StructType SCHEMA =
      new StructType()
          .add("options", "array<string>")
          .add("target", "string")
          .add("response", "string")
          .add("choice", "int");

  private static Boolean correct(
      List<String> options, String target, String response, Integer choice) {
    Row row = RowFactory.create(options, target, response, choice);
    return LocalSpark.plain()
        .createDataFrame(List.of(row), SCHEMA)
        .select(AnswerRows.correct())
        .first()
        .getAs(0);
  }

  @ParameterizedTest
  @CsvSource({
    "red, A, 0, true",
    "red, red, 0, true",
    "A, A, 0, true",
    "A, red, 0, true",
    "B, A, 0, false",
    "blue, B, 1, true",
    "Blue., B, 1, true",
    "red, blue, 1, false",
    "red, A, , true",
    "red, a., , true",
    "red, (A), , true",
    "red, Red, , true",
    "B, Blue., , true",
    "red, B, , false",
    "red, the red one, , false",
    "red, C, , false",
  })
  void correct_twoOptions_comparesPlaces(
      String target, String response, Integer choice, boolean expected) {
    assertEquals(expected, correct(List.of("red", "blue"), target, response, choice));
  }

  @Test
  void correct_optionsThatAreLetters_takesTheirWordsFirst() {
    assertEquals(false, correct(List.of("B", "A"), "A", "B", 0));
    assertEquals(true, correct(List.of("B", "A"), "A", "A", 1));
  }

  @Test
  void correct_withoutOptionsOrWithAStrangeTarget_comparesWords() {
    assertEquals(true, correct(null, "A dog", "a dog.", null));
    assertEquals(false, correct(null, "A dog", "a cat", null));
    assertEquals(false, correct(List.of("red", "blue"), "green", "red", 0));
  }

  @Test
  void correct_withoutTargetOrResponse_isUnknown() {
    assertEquals(null, correct(List.of("red"), null, "red", 0));
    assertEquals(null, correct(List.of("red"), "red", null, null));
  }
}
