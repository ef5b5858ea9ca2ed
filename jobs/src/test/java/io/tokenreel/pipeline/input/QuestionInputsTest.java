package io.tokenreel.pipeline.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.input.RecordFiles;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionInputsTest {

  private static final String JSON =
      """
      {"video_id":"a","question_id":1,"question":"What?","options":["x, y","z"],"answer":"z","level":2}
      {"video_id":"a","question_id":2,"question":"Why?"}
      """;

  private final SparkSession spark = LocalSpark.plain();
  private final RecordFiles records = new RecordFiles(spark);

  @TempDir Path folder;

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void read_everyFormat_givesTheSameQuestions() throws IOException {
    String json = write("q.jsonl", JSON);
    String csv =
        write(
            "q.csv",
            "video_id,question_id,question,options,answer,level\na,1,What?,\"[\"\"x, y\"\",\"\"z\"\"]\",z,2\na,2,Why?,,,\n");
    String parquet = folder.resolve("q.parquet").toString();
    spark.read().json(json).write().parquet(parquet);
    for (String file : List.of(json, csv, parquet)) {
      Dataset<Row> questions = QuestionInputs.read(records, List.of(file));
      assertEquals(
          "[[a,1,What?,2,z,2], [a,2,Why?,null,null,null]]",
          questions
              .orderBy("question_id")
              .selectExpr(
                  "video_id",
                  "question_id",
                  "question",
                  "nullif(size(options), -1)",
                  "target",
                  "cast(level as int)")
              .collectAsList()
              .toString(),
          file);
      assertEquals(
          "x, y",
          questions.filter("question_id = '1'").selectExpr("options[0]").first().getString(0));
    }
  }

  @Test
  void read_blankAnswer_isNone() throws IOException {
    String file =
        write(
            "q.json",
            """
            [{"video_id":"a","question_id":1,"question":" Why? ","options":["x","y"],"answer":""},
             {"video_id":"a","question_id":2,"question":"Why?","answer":7}]
            """);
    assertEquals(
        "[[1, Why? ,null], [2,Why?,7]]",
        QuestionInputs.read(records, List.of(file))
            .orderBy("question_id")
            .select("question_id", "question", "target")
            .collectAsList()
            .toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          q.txt | video_id | expected one of .csv, .tsv, .json
          q.csv | video_id,question | it must have columns [video_id, question_id, question]
          q.csv | video_id,question_id,question,Response;a,1,Why?,x | [Response] have the names of columns of answers/
          q.csv | video_id,question_id,question;a,1,Why?;a,1,What? | an id of its own; found [[a,1,2]]
          q.csv | video_id,question_id,question;a,,Why? | 1 questions lack one of
          q.csv | video_id,question_id,question | holds no questions
          q.csv | video_id,question_id,question,options;a,1,Why?,red | must be a JSON list of texts
          q.csv | video_id,question_id,question,options,answer;a,1,Why?,"[""red"",""blue""]",0;a,2,Why?,"[""red"",""blue""]",green;a,3,Why?,"[""red"",""blue""]",b. | 2 answers are neither an option nor a letter of one; the first is '0', of question 1 about a
          q.csv | video_id,question_id,question,options;a,1,Why?,"[""red"", null]" | 1 questions have a NULL among their options
          """)
  void read_badFile_saysWhatIsWrong(String name, String lines, String said) throws IOException {
    String file = write(name, lines.replace(';', '\n') + "\n");
    String message =
        assertThrows(SettingsException.class, () -> QuestionInputs.read(records, List.of(file)))
            .getMessage();
    assertTrue(message.contains(said), message);
  }

  @ParameterizedTest
  @CsvSource({"red, false", "b., false", "0, true", "green, true", "C, true", "'', false"})
  void read_answerToTwoOptions_isRefusedWhereItNamesNeither(String answer, boolean refused)
      throws IOException {
    String file =
        write(
            "q.jsonl",
            """
            {"video_id":"a","question_id":1,"question":"What?","options":["red","blue"],"answer":"%s"}
            """
                .formatted(answer));
    if (refused) {
      String message =
          assertThrows(SettingsException.class, () -> QuestionInputs.read(records, List.of(file)))
              .getMessage();
      assertTrue(message.startsWith("1 answers are neither an option nor a letter"), message);
    } else {
      assertEquals(1, QuestionInputs.read(records, List.of(file)).count());
    }
  }
}
