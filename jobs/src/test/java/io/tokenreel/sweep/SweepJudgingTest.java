package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.eval.result.Result;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.SettingsException;
import io.tokenreel.scene.SceneSet;
import io.tokenreel.scene.SceneSplit;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep with open answers, from requests over replies to scores. */
@Tag("slow")
class SweepJudgingTest {

  private static final String RANDOM = "random:retention=0.1";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SparkSession spark = LocalSpark.plain();
  private final StringWriter told = new StringWriter();

  @TempDir Path folder;

  private String task() throws IOException {
    Path root = Files.createDirectories(folder.resolve("own"));
    new SceneSet(SceneSplit.TEST, 0, 1, 16, 5).write(root, () -> {});
    Path file = root.resolve("open.yaml");
    Files.writeString(
        file,
        """
        annotations: [questions.jsonl]
        videos: ["videos/{{ video_id }}"]
        gold: {column: answer, form: words}
        prompt: "{{ question }}"
        scoring: "generate:tokens=8"
        metric: {name: gpt_eval_accuracy, scale: 100}
        judge:
          model: judge-1
          score-metric: gpt_eval_score
          max-tokens: 64
          system: Compare.
          user: "{{ question }} {{ answer }} {{ pred }}"
        logs:
          gpt_eval_score: {Correctness: pred, score: judge_score}
          gpt_eval_accuracy: {Correctness: pred, score: judge_score}
        versions: {lmms-eval-0.7.2: {}}
        """);
    return file + ":limit=3,judge=judge-2,root=" + root;
  }

  private List<Result> run(String... tasks) throws IOException {
    SweepSettings settings =
        new SweepSettings(
            folder.toString(),
            List.of("default"),
            List.of("uniform:frames=16"),
            List.of("none", RANDOM),
            List.of("full"),
            List.of(tasks),
            "chat",
            "bf16",
            "cpu",
            "auto",
            0,
            1000);
    told.getBuffer().setLength(0);
    SweepJob job = new SweepJob(spark, settings, Progress::silent);
    List<Result> results = job.run(new PrintWriter(told, true));
    assertEquals(List.of(), job.failures());
    return results;
  }

  private List<JsonNode> requests() throws IOException {
    Path file = folder.resolve("judge/requests/open-0.jsonl");
    List<JsonNode> requests = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        requests.add(JSON.readTree(line));
      }
    }
    return requests;
  }

  private static String reply(JsonNode request, String model, String said) {
    return "{\"custom_id\":\"%s\",\"response\":{\"status_code\":200,\"body\":{\"model\":\"%s\",\"choices\":[{\"message\":{\"content\":\"%s\"}}]}},\"error\":null}"
        .formatted(request.get("custom_id").textValue(), model, said);
  }

  private void replies(String file, List<String> lines) throws IOException {
    Files.write(Files.createDirectories(folder.resolve("judge/replies")).resolve(file), lines);
  }

  @Test
  void run_openAnswers_areScoredWhenOneModelHasJudgedAll() throws IOException {
    String open = task();
    List<Result> results = run(open);
    assertEquals(2, results.size());
    for (Result result : results) {
      assertNull(result.score());
      assertEquals(3, result.judging().waiting());
    }
    List<JsonNode> requests = requests();
    TreeSet<String> ids = new TreeSet<>();
    requests.forEach(each -> ids.add(each.get("custom_id").textValue()));
    assertEquals(requests.size(), ids.size());
    assertTrue(requests.size() >= 3 && requests.size() <= 6, "requests " + requests.size());
    assertEquals("judge-2", requests.get(0).at("/body/model").textValue());

    List<String> lines = new ArrayList<>();
    lines.add("no reply");
    lines.add(reply(JSON.readTree("{\"custom_id\":\"open-0-other\"}"), "m", "{}"));
    lines.add(reply(requests.get(0), "m", "I cannot say"));
    lines.add(
        "{\"custom_id\":\"%s\",\"error\":{\"code\":\"x\"}}"
            .formatted(requests.get(1).get("custom_id").textValue()));
    for (JsonNode request : requests.subList(2, requests.size())) {
      lines.add(reply(request, "m", "{'pred': 'yes', 'score': 4.8}"));
    }
    replies("1.jsonl", lines);
    replies("2.jsonl", List.of(reply(requests.get(2), "n", "{'pred': 'yes', 'score': 4}")));
    results = run(open);
    assertTrue(told.toString().contains("1 replies in judge/replies are to no request"), told + "");
    assertTrue(told.toString().contains("1 lines in judge/replies are not a batch's"), told + "");
    assertEquals(requests.subList(0, 2), requests());
    for (Result result : results) {
      assertEquals(0, result.judging().waiting());
      assertEquals(List.of("m", "n"), result.judging().models());
      assertNull(result.score());
    }
    assertTrue(results.stream().anyMatch(each -> each.judging().failed() > 0));
    assertTrue(results.stream().anyMatch(each -> each.judging().unreadable() > 0));

    replies(
        "3.jsonl",
        List.of(
            reply(requests.get(0), "m", "{'pred': 'no', 'score': 1}"),
            reply(requests.get(1), "m", "{'pred': 'maybe', 'score': 2}"),
            reply(requests.get(2), "m", "{'pred': 'yes', 'score': 4}")));
    results = run(open);
    assertEquals(List.of(), requests());
    assertEquals(
        results,
        new SweepTables(spark, new org.apache.hadoop.fs.Path(folder + "")).results("--results"));
    for (Result result : results) {
      assertEquals(List.of("m"), result.judging().models());
      assertScore(result);
    }
  }

  /** By hand from the samples: yes of yes and no, and the mean of all of the judge's scores. */
  private void assertScore(Result result) {
    List<Row> samples =
        spark
            .read()
            .parquet(folder.resolve("samples").toString())
            .filter(col("compression").equalTo(result.cell().compression()))
            .select("choice", "judge_score")
            .collectAsList();
    long yes = samples.stream().filter(each -> each.getString(0).equals("yes")).count();
    long no = samples.stream().filter(each -> each.getString(0).equals("no")).count();
    assertEquals(3, samples.size());
    assertEquals(3 - yes - no, result.counts().leftOut());
    assertEquals((double) yes / (yes + no), result.score().mean(), 1e-12);
    assertEquals(
        samples.stream().mapToInt(each -> each.getInt(1)).average().orElseThrow(),
        result.judging().meanScore(),
        1e-12);
  }

  @Test
  void run_judgeOfATaskWithoutOne_isRefused() {
    String message =
        assertThrows(SettingsException.class, () -> run("generated:videos=1,judge=m")).getMessage();
    assertTrue(message.contains("needs no judge"), message);
    assertFalse(Files.exists(folder.resolve("outcomes")));
  }
}
