package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.pipeline.setting.AnswerSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.sql.Columns;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a cache of real videos and a table of questions to a table of answers. */
class AnswerJobTest {

  private static final String MODEL = Fixtures.LLAVA_ONEVISION.toString();
  private static final List<String> COMPRESSIONS = List.of("vidcom2:retention=0.25", "none");

  /** One column has a name that Spark would read as syntax. */
  private static final String QUESTIONS =
      """
      {"video_id":"hevc.mp4","question_id":"1","question":"What is it?","options":["red","blue"],"answer":"red","le`vel.of work":3}
      {"video_id":"hevc.mp4","question_id":"2","question":"Which one?","options":["circle","square","cross"],"answer":"B","le`vel.of work":1}
      {"video_id":"turned_0.mov","question_id":"1","question":"What is it?","options":["red","blue"],"le`vel.of work":2}
      {"video_id":"absent.mp4","question_id":"1","question":"What is it?","options":["red","blue"],"answer":"red"}
      {"video_id":"turned_0.mov","question_id":"3","question":"No <video> here","options":["red","blue"]}
      """;

  /** Every test reads the cache in it, none writes to it. */
  @TempDir static Path made;

  private final SparkSession spark = LocalSpark.plain();

  @TempDir Path folder;

  private Path questions;

  @BeforeEach
  void writeQuestions() throws IOException {
    questions = Files.writeString(folder.resolve("questions.jsonl"), QUESTIONS);
  }

  @BeforeAll
  static void precompute() throws IOException {
    PrecomputeSettings settings =
        new PrecomputeSettings(
            Stream.of("hevc.mp4", "turned_0.mov")
                .map(name -> JobTests.VIDEOS.resolve(name).toString())
                .toList(),
            cache(),
            null,
            MODEL,
            "uniform:frames=4",
            COMPRESSIONS,
            false,
            "bf16",
            "cpu",
            "auto",
            4,
            "sampled",
            60,
            512,
            12,
            16,
            10,
            null,
            null,
            null);
    new PrecomputeJob(LocalSpark.plain(), settings, Progress.silent()).run();
  }

  private static String cache() {
    return made.resolve("cache").toString();
  }

  private AnswerSettings settings(String output, String kv, String scoring) {
    return new AnswerSettings(
        cache(),
        List.of(questions.toString()),
        folder.resolve(output).toString(),
        null,
        MODEL,
        List.of(),
        "cpu",
        "auto",
        "chat",
        kv,
        scoring,
        1);
  }

  private AnswerSummary answer(String output, String kv, String scoring) throws IOException {
    return new AnswerJob(spark, settings(output, kv, scoring), Progress.silent()).run().get(0);
  }

  private Dataset<Row> answers(String output) throws IOException {
    return CommittedRows.withPassthrough(
        spark,
        new org.apache.hadoop.fs.Path(folder.resolve(output).toString()),
        CacheTable.ANSWERS);
  }

  @Test
  void run_options_givesARowPerQuestionAndCompressionAndThenNothing() throws IOException {
    AnswerSummary summary = answer("answers", "full", "options:form=letter");
    assertEquals(10, summary.questions());
    assertEquals(0, summary.alreadyCommitted());
    assertEquals(
        List.of("none", "vidcom2:retention=0.25"),
        summary.compressions().stream().map(AnswerSummary.OfCompression::compression).toList());
    for (AnswerSummary.OfCompression one : summary.compressions()) {
      assertEquals(3, one.answered());
      assertEquals(1, one.noTokens());
      assertEquals(1, one.failed());
      assertEquals(2, one.targets());
    }
    List<Row> rows =
        answers("answers")
            .orderBy("compression", "video_id", "question_id")
            .select(
                "video_id",
                "question_id",
                "reason",
                "prompt",
                "response",
                "choice",
                "visual_tokens",
                Columns.quote("le`vel.of work"),
                "detail")
            .collectAsList();
    assertEquals(10, rows.size());
    Row absent = rows.get(0);
    assertEquals("absent.mp4", absent.getString(0));
    assertEquals("no_tokens", absent.getString(2));
    assertTrue(absent.getString(8).contains("no tokens of this video"), absent.toString());
    Row lettered = rows.get(2);
    assertEquals(
        "<|im_start|>user <video>\n"
            + "Which one?\n"
            + "A. circle\n"
            + "B. square\n"
            + "C. cross\n"
            + "Respond with only the letter (A, B, or C) of the correct"
            + " option.<|im_end|><|im_start|>assistant\n",
        lettered.getString(3));
    assertEquals("ABC".charAt(lettered.getInt(5)) + "", lettered.getString(4));
    assertEquals(4 * 9 + 1, lettered.getInt(6));
    assertEquals(1, lettered.getLong(7));
    Row refused = rows.get(4);
    assertEquals("answer_error", refused.getString(2));
    assertTrue(refused.getString(8).contains("must hold <video> once"), refused.toString());

    AnswerSummary again = answer("answers", "full", "options:form=letter");
    assertEquals(10, again.alreadyCommitted());
    assertEquals(10, answers("answers").count());
  }

  @Tag("slow")
  @Test
  void run_otherKvAndScoring_areOtherKeysBesideTheFirst() throws IOException {
    answer("cache", "full", "generate:tokens=3,form=text");
    answer("cache", "dycoke:layer=1,prune=0.5", "generate:tokens=3,form=text");
    List<Row> counts =
        answers("cache")
            .filter("reason is null")
            .groupBy("kv")
            .count()
            .orderBy("kv")
            .collectAsList();
    assertEquals(
        "[[dycoke:layer=1,prune=0.5,refresh=0.9,mode=paper,reserve=host,6], [full,6]]",
        counts.toString());
    Row row =
        answers("cache")
            .filter(
                "kv = 'full' and compression = 'none' and video_id = 'turned_0.mov' and reason is"
                    + " null")
            .select("new_tokens", "prompt", "prefill_ms", "kv_bytes_peak", "choice", "correct")
            .first();
    assertTrue(row.getInt(0) >= 1 && row.getInt(0) <= 3, row.toString());
    assertTrue(row.getString(1).contains("What is it?\nred\nblue<|im_end|>"), row.toString());
    assertTrue(row.getDouble(2) > 0 && row.getLong(3) > 0, row.toString());
    assertTrue(row.isNullAt(4) && row.isNullAt(5), row.toString());
  }

  @Tag("slow")
  @Test
  void run_editedQuestion_isAnsweredAnewBesideTheFirst() throws IOException {
    answer("answers", "full", "options:form=letter");
    Files.writeString(questions, QUESTIONS.replace("Which one?", "Which one is it?"));
    AnswerSummary again = answer("answers", "full", "options:form=letter");
    assertEquals(10, again.questions());
    assertEquals(8, again.alreadyCommitted());
    List<Row> both =
        answers("answers")
            .filter("video_id = 'hevc.mp4' and question_id = '2' and compression = 'none'")
            .orderBy("question")
            .select("question")
            .collectAsList();
    assertEquals("[[Which one is it?], [Which one?]]", both.toString());
  }

  @Test
  void run_kvThatTheModelHasNoLayerFor_isRefusedBeforeAnything() {
    String message =
        assertThrows(SettingsException.class, () -> answer("answers", "dycoke:layer=4", "generate"))
            .getMessage();
    assertTrue(message.contains("layer must lie in 1 .. 3"), message);
    assertTrue(Files.notExists(folder.resolve("answers")));
  }

  @Test
  void run_cacheOfAnotherEncoder_isRefusedWithBothNames() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (Stream<Path> files = Files.list(Path.of(MODEL))) {
      for (Path file : files.toList()) {
        Files.copy(file, other.resolve(file.getFileName().toString()));
      }
    }
    Path pixels = other.resolve("preprocessor_config.json");
    String changed = Files.readString(pixels).replace("0.00392156862745098", "0.0039");
    Files.delete(pixels);
    Files.writeString(pixels, changed);
    AnswerSettings settings =
        new AnswerSettings(
            cache(),
            List.of(questions.toString()),
            folder.resolve("answers").toString(),
            null,
            other.toString(),
            List.of(),
            "cpu",
            "auto",
            "chat",
            "full",
            "options",
            10);
    String message =
        assertThrows(
                SettingsException.class,
                () -> new AnswerJob(spark, settings, Progress.silent()).run())
            .getMessage();
    assertTrue(
        message.matches(
            ".* holds tokens of \\[llava_onevision@[0-9a-f]{20} \\(llava_onevision_tiny\\)]; the encoder of --model .* is llava_onevision@[0-9a-f]{20}: .*"),
        message);
    assertTrue(
        message.endsWith(
            ": give --model '%s', as precompute had it, or precompute with this one"
                .formatted(MODEL)),
        message);
  }
}
