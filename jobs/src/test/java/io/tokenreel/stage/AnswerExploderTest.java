package io.tokenreel.stage;

import static io.tokenreel.stage.FrameDecoderTest.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswerExploderTest {

  private static final StructType QUESTION =
      new StructType()
          .add("gold", "string")
          .add("question_id", "string")
          .add("options", DataTypes.createArrayType(DataTypes.StringType))
          .add("question", "string");
  private static final StructType SCHEMA =
      new StructType()
          .add("video.id", "string")
          .add("questions", DataTypes.createArrayType(QUESTION))
          .add("answers", StageSchemas.ANSWERS);

  private static Row question(String id) {
    return RowFactory.create("red", id, new String[] {"red", "blue"}, "What colour?");
  }

  private static Row answer(String id, String response) {
    Object[] values = new Object[((StructType) StageSchemas.ANSWERS.elementType()).size()];
    values[0] = id;
    values[2] = response;
    return RowFactory.create(values);
  }

  private static Dataset<Row> videos() {
    return LocalSpark.plain()
        .createDataFrame(
            List.of(
                RowFactory.create(
                    "a",
                    List.of(question("1"), question("2")),
                    List.of(answer("1", "red"), answer("2", "blue"))),
                RowFactory.create("b", List.of(question("3"), question("4")), null),
                RowFactory.create("c", List.of(), List.of())),
            SCHEMA);
  }

  @Test
  void transform_videoWithoutAnswers_keepsItsQuestions() {
    var stage = new AnswerExploder("answers.v2");
    Dataset<Row> exploded = stage.transform(videos());
    assertEquals(stage.transformSchema(SCHEMA).catalogString(), exploded.schema().catalogString());
    assertEquals(
        List.of("[a,1,red,red]", "[a,2,red,blue]", "[b,3,red,null]", "[b,4,red,null]"),
        exploded
            .select("`video.id`", "question_id", "gold", "response")
            .sort("question_id")
            .collectAsList()
            .stream()
            .map(Row::toString)
            .toList());
  }

  @Test
  void transform_namesInOtherCase_areReadAsSparkDoes() {
    Dataset<Row> exploded =
        new AnswerExploder()
            .setQuestionsCol("QUESTIONS")
            .setAnswersCol("Answers")
            .transform(videos());
    assertEquals(
        new AnswerExploder().transform(videos()).schema().catalogString(),
        exploded.schema().catalogString());
    assertEquals(4, exploded.count());
  }

  /** The session of the rows counts, whichever is active. */
  @Test
  void transform_caseSensitiveSession_keepsTheColumnOfAnotherCase() {
    SparkSession sensitive = LocalSpark.plain().newSession();
    sensitive.conf().set("spark.sql.caseSensitive", true);
    Dataset<Row> rows =
        sensitive
            .createDataFrame(videos().collectAsList(), SCHEMA)
            .withColumn("Questions", functions.lit(7));
    Row row = new AnswerExploder().transform(rows).first();
    assertEquals(7, row.getInt(row.fieldIndex("Questions")));
    assertThrows(
        IllegalArgumentException.class,
        () -> new AnswerExploder().setQuestionsCol("QUESTIONS").transform(rows));
  }

  @Test
  void transformSchema_unsuitedSchema_namesColumnsAndTypes() {
    var stage = new AnswerExploder();
    assertRefused(
        () -> stage.transformSchema(SCHEMA.add("Response", "string")), "a name comes twice");
    assertRefused(
        () -> new AnswerExploder().setQuestionsCol("asked").transformSchema(SCHEMA),
        "questionsCol 'asked' must be a column of type array<struct<question_id");
    assertRefused(
        () -> new AnswerExploder().setAnswersCol("video.id").transformSchema(SCHEMA),
        "answersCol 'video.id' must be a column of AnswerGenerator's answers");
    assertRefused(() -> stage.setAnswersCol(""), "answersCol", "must not be empty");
  }

  @Test
  void save_andLoad_keepsUidAndParams(@TempDir Path folder) throws IOException {
    LocalSpark.plain(); // MLlib saves in the session that there is
    var stage = new AnswerExploder().setQuestionsCol("asked");
    stage.save(folder.resolve("stage").toString());
    var loaded = AnswerExploder.read().load(folder.resolve("stage").toString());
    assertEquals(stage.uid(), loaded.uid());
    assertEquals("asked", loaded.getOrDefault(loaded.questionsCol()));
    assertTrue(loaded.isSet(loaded.questionsCol()) && !loaded.isSet(loaded.answersCol()));
  }
}
