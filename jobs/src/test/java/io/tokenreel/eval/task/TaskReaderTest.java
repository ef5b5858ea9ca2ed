package io.tokenreel.eval.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TaskReaderTest {

  private final SparkSession spark = LocalSpark.plain();

  @TempDir Path root;

  static List<TaskFixture> fixtures() {
    return TaskFixture.all();
  }

  @Test
  void fixtures_areThere_forEveryTask() {
    assertEquals(
        new TreeSet<>(Tasks.names()),
        fixtures().stream().map(TaskFixture::task).collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void read_publishedLayout_givesPromptsAndScores(TaskFixture fixture) throws IOException {
    fixture.write(spark, root);
    for (Map.Entry<String, String> version : fixture.scores().entrySet()) {
      Task task = Tasks.of(fixture.task(), version.getKey(), null);
      List<TaskQuestion> questions = read(task);
      assertEquals(fixture.responses().size(), questions.size());
      assertEquals(fixture.prompt(), questions.get(0).prompt());
      assertEquals(fixture.video(), questions.get(0).video());
      for (int i = 0; i < questions.size(); i++) {
        assertEquals(i, questions.get(i).docId());
        assertEquals(
            !fixture.videos().contains(questions.get(i).video()), questions.get(i).videoMissing());
        assertEquals(
            new TreeSet<>(task.groups()), new TreeSet<>(questions.get(i).groups().keySet()));
      }
      assertEquals(
          version.getValue(), scores(task, questions, fixture.responses()), version.getKey());
    }
  }

  private static String scores(Task task, List<TaskQuestion> questions, List<String> responses) {
    if (task.judge() != null) {
      assertThrows(IllegalArgumentException.class, () -> new AnswerScorer(task));
      return "j".repeat(questions.size());
    }
    AnswerScorer scorer = new AnswerScorer(task);
    StringBuilder scores = new StringBuilder();
    for (int i = 0; i < questions.size(); i++) {
      TaskQuestion question = questions.get(i);
      AnswerScorer.Scored scored =
          scorer.score(responses.get(i), question.options(), question.gold());
      scores.append(
          scored.leftOut()
              ? "-"
              : Double.isNaN(scored.score()) ? "?" : scored.score() > 0 ? "1" : "0");
    }
    return scores.toString();
  }

  private List<TaskQuestion> read(Task task) throws IOException {
    return new TaskReader(task, new TaskFiles(spark, root.toString(), video -> new double[0]))
        .read();
  }

  @Test
  void read_subtitles_areThoseOfTheFrames() throws IOException {
    TaskFixture fixture =
        fixtures().stream()
            .filter(each -> each.task().endsWith("subtitle"))
            .findFirst()
            .orElseThrow();
    fixture.write(spark, root);
    Files.writeString(
        Files.createDirectories(root.resolve("subtitle")).resolve("v1.srt"),
        """
        1
        00:00:01,000 --> 00:00:02,500
        <font color="white" size=".72c">first</font>

        2
        00:00:02,500 --> 00:00:04,000
        <font color="white" size=".72c">second</font>

        3
        01:00:00,000 --> 01:00:01,000
        <font color="red" size=".72c">unmarked</font>
        """);
    Task task = Tasks.of(fixture.task(), null, null);
    TaskFiles files = new TaskFiles(spark, root.toString(), video -> new double[] {2.5, 3600.5});
    String prompt = new TaskReader(task, files).read().get(0).prompt();
    assertTrue(
        prompt.startsWith("This video's subtitles are listed below: \nsecond\nSelect"), prompt);
  }

  @Test
  void read_rowWithoutAColumn_isAnErrorThatSaysWhere() throws IOException {
    Files.writeString(
        root.resolve("questions.jsonl"),
        """
        {"video_id":"a","question":"?","options":["x"],"answer":"x","kind":"k"}
        {"video_id":"a","question":"?","options":["x"],"answer":"y","kind":"k"}
        """);
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(Tasks.of("generated", null, null)))
            .getMessage();
    assertEquals(
        "task generated, questions.jsonl, row 1: the right answer must be an option's text; got 'y' for the options [x]",
        message);
  }

  @Test
  void read_rowWithoutALoggedColumn_isAnErrorBeforeAnythingIsAsked() throws IOException {
    Path file = Files.createDirectories(root.resolve("data")).resolve("test-0.jsonl");
    Files.writeString(file, "{\"video_name\":\"v\",\"question\":\"?\",\"answer\":\"A\"}");
    Path own = root.resolve("own.yaml");
    Files.writeString(
        own,
        """
        annotations: ["data/test-*.jsonl"]
        videos: ["{{ video_name }}"]
        gold: {column: answer, form: letter}
        prompt: "{{ question }}"
        parser: mcq_extract
        metric: {name: accuracy, scale: 1}
        logs: {accuracy: {kind: task_type, score: score}}
        versions: {one: {}}
        """);
    Task task = Tasks.of(own.toString(), null, new org.apache.hadoop.conf.Configuration());
    String message = assertThrows(IllegalArgumentException.class, () -> read(task)).getMessage();
    assertTrue(message.contains("row 0: logs: unknown column 'task_type'"), message);
  }

  /** A question whose fields are told apart by the row alone, of a benchmark with subsets. */
  private String refused(String form, String row) throws IOException {
    Path own = root.resolve("own.yaml");
    Files.writeString(
        own,
        """
        annotations: ["{{ subset }}.jsonl"]
        subsets: {indoor: {}}
        videos: ["{{ video }}"]
        options: {column: options}
        gold: {column: answer, form: %s}
        prompt: "{{ question }}"
        parser: mcq_extract
        groups: [kind]
        metric: {name: accuracy, scale: 1, average: macro, over: kind, values: [count, order]}
        versions: {one: {}}
        """
            .formatted(form));
    Files.writeString(
        root.resolve("indoor.jsonl"),
        "{'video':'v','question':'?','options':['x','y'],%s}".formatted(row).replace('\'', '"'));
    Task task = Tasks.of(own.toString(), null, new org.apache.hadoop.conf.Configuration());
    assertEquals(List.of("kind", "subset"), task.groups()); // each subset has a score in the logs
    return assertThrows(IllegalArgumentException.class, () -> read(task)).getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "letter|b|must be an option's letter, from A; got 'b' for the options [x, y]",
        "letter|(B)|must be an option's letter, from A; got '(B)'",
        "letter|C|must be an option's letter, from A; got 'C'",
        "index|2|must be an option's place, from 0; got '2'",
        "index|B|must be an option's place, from 0; got 'B'",
        "option|z|must be an option's text; got 'z'",
      },
      quoteCharacter = '\0')
  void read_rightAnswerOfAnotherForm_isAnErrorThatSaysWhere(
      String form, String answer, String expected) throws IOException {
    String message = refused(form, "'answer':'%s','kind':'count'".formatted(answer));
    assertTrue(message.contains("indoor.jsonl, row 0: the right answer " + expected), message);
  }

  @Test
  void read_valueThatAMacroAverageDoesNotName_isAnErrorBeforeAnythingIsAsked() throws IOException {
    String message = refused("letter", "'answer':'B','kind':'Count'");
    assertTrue(
        message.contains("row 0: metric.over: column 'kind' has 'Count', which is none of"),
        message);
  }

  @Test
  void of_versions_addToWhatTheyShare() {
    Task early = Tasks.of("activitynetqa", "lmms-eval-0.3.4", null);
    Task late = Tasks.of("activitynetqa", "lmms-eval-0.7.2", null);
    assertEquals("gpt-3.5-turbo-0613", early.judge().model());
    assertEquals("gpt-4o-2024-11-20", late.judge().model());
    assertEquals(early.judge().user(), late.judge().user());
    Map<?, ?> logged =
        (Map<?, ?>)
            Tasks.of("videomme", "lmms-eval-0.7.2", null).logs().get("videomme_perception_score");
    assertEquals(9, logged.size());
  }

  @Test
  void read_noAnnotations_isAnErrorThatNamesThem() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(Tasks.of("mlvu_dev", null, null)))
            .getMessage();
    assertTrue(message.contains("data/test-*.parquet"), message);
  }

  @Test
  void of_unknownNamesAndSettings_areErrorsThatListTheKnown() throws IOException {
    assertMessage("unknown task 'mmlu'; known: [activitynetqa, egoschema", "mmlu", null);
    assertMessage(
        "unknown version 'v1'; known: [lmms-eval-0.3.4, lmms-eval-0.7.2]", "videomme", "v1");
    Path file = root.resolve("own.yaml");
    Files.writeString(file, "annotation: [a.csv]\nversions: {one: {}}\n");
    assertMessage("annotation", file.toString(), null);
    Files.writeString(file, "annotations: [a.csv]\nvideos: [v]\nprompt: p\nversions: {one: {}}\n");
    assertMessage("a task needs", file.toString(), null);
    Files.writeString(file, "annotations: [a.csv]\n");
    assertMessage("versions: expected", file.toString(), null);
  }

  private static void assertMessage(String expected, String task, String version) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Tasks.of(task, version, new org.apache.hadoop.conf.Configuration()))
            .getMessage();
    assertTrue(message.contains(expected), message);
  }
}
