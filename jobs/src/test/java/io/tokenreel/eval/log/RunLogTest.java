package io.tokenreel.eval.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Cost;
import io.tokenreel.eval.result.Counts;
import io.tokenreel.eval.result.Estimate;
import io.tokenreel.eval.result.Judging;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.AnswerScorer;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskFiles;
import io.tokenreel.eval.task.TaskFixture;
import io.tokenreel.eval.task.TaskQuestion;
import io.tokenreel.eval.task.TaskReader;
import io.tokenreel.eval.task.Tasks;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From made-up benchmarks to the files that lmms-eval would have written. */
class RunLogTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Cell CELL =
      new Cell("org/model@1", "uniform:frames=16", "dycoke:prune=0.7,mode=paper", "full");
  private static final String EARLY = "lmms-eval-0.3.4";
  private static final String LATE = "lmms-eval-0.7.2";

  private final Map<String, StringWriter> files = new TreeMap<>();

  @TempDir Path root;

  private static Result result(Task task, String group, double score) {
    return new Result(
        CELL,
        task.name(),
        task.version(),
        task.metric().name(),
        group,
        task.metric().scale(),
        new Counts(3, 2, 0, 0, 0, 0, 0),
        Double.isNaN(score) ? null : new Estimate(score, 0.1, 0, 1),
        null,
        null,
        new Cost(1, 1, 1, 1, 1, 1),
        task.judge() == null ? null : new Judging(List.of("m"), 0, 0, 0, 3.5));
  }

  private void write(String name, String version, double score) throws IOException {
    TaskFixture fixture =
        TaskFixture.all().stream()
            .filter(each -> each.task().equals(name))
            .findFirst()
            .orElseThrow();
    fixture.write(LocalSpark.plain(), root);
    Task task = Tasks.of(name, version, null);
    List<TaskQuestion> questions =
        new TaskReader(
                task, new TaskFiles(LocalSpark.plain(), root.toString(), video -> new double[0]))
            .read();
    RunLog.Run run = new RunLog.Run(CELL, version, "20260102_030405", "TokenReel");
    List<Result> results = new ArrayList<>(List.of(result(task, "", score)));
    task.subsets().keySet().forEach(each -> results.add(result(task, "subset=" + each, score)));
    try (RunLog log =
        new RunLog(
            run,
            file -> {
              files.put(file, new StringWriter());
              return files.get(file);
            })) {
      for (int i = 0; i < questions.size(); i++) {
        log.add(task, sample(task, questions.get(i), fixture.responses().get(i)));
      }
      log.finish(results);
    }
  }

  private static LoggedSample sample(Task task, TaskQuestion question, String response) {
    return new LoggedSample(
        question.place(),
        question.doc(),
        question.prompt(),
        question.gold(),
        question.video(),
        new LoggedSample.Answer(response, 100, 2),
        outcome(task, question, response));
  }

  private static LoggedSample.Outcome outcome(Task task, TaskQuestion question, String response) {
    if (task.judge() != null) {
      return new LoggedSample.Outcome("READ", "yes", 1.0, 4 - question.docId());
    }
    AnswerScorer.Scored scored =
        new AnswerScorer(task).score(response, question.options(), question.gold());
    return new LoggedSample.Outcome(
        scored.parsed().reading().name(),
        scored.parsed().choice(),
        Double.isNaN(scored.score()) ? null : scored.score(),
        null);
  }

  private List<JsonNode> lines(String task) {
    return files
        .get("20260102_030405_samples_%s.jsonl".formatted(task))
        .toString()
        .lines()
        .map(RunLogTest::json)
        .toList();
  }

  private JsonNode results() {
    return json(files.get("20260102_030405_results.json").toString());
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(text, e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "videomme|lmms-eval-0.3.4|{'videomme_perception_score':{'question_id':'1-1','duration':'short','category':'Knowledge','sub_category':'Astronomy','task_category':'Counting','pred_answer':'B','answer':'B'}}",
        "videomme|lmms-eval-0.7.2|{'videomme_perception_score':{'question_id':'1-1','duration':'short','category':'Knowledge','sub_category':'Astronomy','task_category':'Counting','pred_answer':'B','answer':'B','score':1.0,'videoID':'v1'}}",
        "mvbench|lmms-eval-0.7.2|{'mvbench_accuracy':{'pred_answer':'(A) up','gt_answer':'A','score':1}}",
        "mlvu_dev|lmms-eval-0.3.4|{'mlvu_percetion_score':{'question_id':'How many?\\n(A) 1\\n(B) 2\\n','task_type':'count','pred_answer':'B','answer':'B'}}",
        "longvideobench_val_v|lmms-eval-0.7.2|{'lvb_acc':{'id':'x_1','duration_group':60,'question_category':'E2O','answer':'B','parsed_pred':'B'},'submission':{'x_1':'B'}}",
        "egoschema_subset|lmms-eval-0.3.4|{'submission':{'p':1},'score':{'pred':1,'ground_truth':'1'}}",
        "egoschema|lmms-eval-0.3.4|{'submission':{'p':1},'score':{'pred':1,'ground_truth':null}}",
        "nextqa_mc_test|lmms-eval-0.7.2|{'exact_match':true}",
        "activitynetqa|lmms-eval-0.7.2|{'gpt_eval_score':{'video_name':'1QIUV7WYKXg','question':'is the athlete from USA','answer':'yes','pred':'yes','question_id':'v_1QIUV7WYKXg_0','type':3,'Correctness':'yes','score':4},'gpt_eval_accuracy':{'video_name':'1QIUV7WYKXg','question':'is the athlete from USA','answer':'yes','pred':'yes','question_id':'v_1QIUV7WYKXg_0','type':3,'Correctness':'yes','score':4}}",
        "perceptiontest_val_mc|lmms-eval-0.7.2|{'accuracy':{'video_name':'video_8','question':'Is it on?','pred_id':0,'answer_id':0,'correct':1}}",
      })
  void add_question_logsUnderTheMetricsWhatUpstreamLogs(
      String task, String version, String expected) throws IOException {
    write(task, version, 0.5);
    JsonNode line = lines(task.equals("mvbench") ? "mvbench_action_antonym" : task).get(0);
    json(expected.replace('\'', '"'))
        .properties()
        .forEach(
            metric ->
                assertEquals(
                    metric.getValue().toString(), line.get(metric.getKey()).toString(), task));
  }

  @Test
  void add_early_hasAnnotationArgumentsAndHashes() throws IOException {
    write("nextqa_mc_test", EARLY, 0.5);
    JsonNode line = lines("nextqa_mc_test").get(0);
    List<String> fields = new ArrayList<>();
    line.fieldNames().forEachRemaining(fields::add);
    assertEquals(
        List.of(
            "doc_id",
            "doc",
            "target",
            "arguments",
            "resps",
            "filtered_resps",
            "doc_hash",
            "prompt_hash",
            "target_hash",
            "exact_match",
            "input",
            "state"),
        fields);
    assertEquals(0, line.get("doc_id").intValue());
    assertEquals(" why did he fall ", line.at("/doc/question").textValue());
    assertEquals("2", line.get("target").textValue());
    assertEquals(1024, line.at("/arguments/max_new_tokens").intValue());
    assertEquals("[[\"C. ice\"]]", line.get("resps").toString());
    assertEquals("[\"C. ice\"]", line.get("filtered_resps").toString());
    assertEquals(
        "74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
        line.get("doc_hash").textValue());
    String prompt = line.get("input").textValue();
    assertTrue(prompt.startsWith("why did he fall\nA. tired\n"), prompt);
    assertEquals(DigestUtils.sha256Hex(prompt), line.get("prompt_hash").textValue());
    assertEquals(DigestUtils.sha256Hex("2"), line.get("target_hash").textValue());
    StringBuilder hashed = new StringBuilder();
    for (JsonNode each : lines("nextqa_mc_test")) {
      for (String hash : List.of("doc_hash", "prompt_hash", "target_hash")) {
        hashed.append(each.get(hash).textValue());
      }
    }
    assertEquals(
        DigestUtils.sha256Hex(hashed.toString()),
        results().at("/task_hashes/nextqa_mc_test").textValue());
    assertFalse(results().has("git_branch"));
    assertEquals(List.of("alias", "exact_match,none", "exact_match_stderr,none"), keys(EARLY));
  }

  private List<String> keys(String version) {
    List<String> keys = new ArrayList<>();
    results().at("/results/nextqa_mc_test").fieldNames().forEachRemaining(keys::add);
    assertEquals(version, results().at("/versions/nextqa_mc_test").textValue());
    return keys;
  }

  @Test
  void add_late_hasATextAndTokenCounts() throws IOException {
    write("nextqa_mc_test", LATE, 0.5);
    JsonNode line = lines("nextqa_mc_test").get(1);
    assertFalse(line.has("doc") || line.has("resps") || line.has("prompt_hash"));
    assertEquals("I would say that he was drunk", line.get("filtered_resps").textValue());
    assertEquals(100, line.at("/token_counts/0/input_tokens").intValue());
    assertEquals(2, line.at("/token_counts/0/output_tokens").intValue());
    JsonNode entry = results().at("/results/nextqa_mc_test");
    assertEquals(0.5, entry.get("exact_match,none").doubleValue());
    // Of true and false: deviation sqrt(1/2) over the root of two.
    assertEquals(0.5, entry.get("exact_match_stderr,none").doubleValue(), 1e-15);
    assertEquals(0.5, entry.get("exact_match_stderr_clt,none").doubleValue(), 1e-15);
    assertEquals(
        "{\"original\":2,\"effective\":2}", results().at("/n-samples/nextqa_mc_test").toString());
    assertTrue(results().at("/higher_is_better/nextqa_mc_test/exact_match").booleanValue());
    assertEquals(
        "dycoke:prune=0.7,mode=paper", results().at("/config/cell/compression").textValue());
    assertEquals(
        "org_model@1__uniform_frames=16__dycoke_prune=0.7_mode=paper__full",
        results().get("model_name_sanitized").textValue());
  }

  @Test
  void finish_subsets_areTasksOfAGroup() throws IOException {
    write("mvbench", LATE, 0.25);
    assertEquals(21, files.size());
    JsonNode results = results();
    assertEquals(20, results.at("/group_subtasks/mvbench").size());
    assertEquals("mvbench", results.at("/results/mvbench/alias").textValue());
    JsonNode entry = results.at("/results/mvbench_action_count");
    assertEquals(25, entry.get("mvbench_accuracy,none").doubleValue());
    assertEquals("N/A", entry.get("mvbench_accuracy_stderr,none").textValue());
    assertEquals(0, lines("mvbench_action_count").get(0).get("doc_id").intValue());
  }

  @Test
  void finish_judgedTask_hasBothMetrics() throws IOException {
    write("activitynetqa", LATE, 1);
    JsonNode entry = results().at("/results/activitynetqa");
    assertEquals(100, entry.get("gpt_eval_accuracy,none").doubleValue());
    assertEquals(3.5, entry.get("gpt_eval_score,none").doubleValue());
    assertEquals(0.5, entry.get("gpt_eval_accuracy_stderr_clt,none").doubleValue(), 1e-15);
    assertEquals("N/A", entry.get("gpt_eval_score_stderr_clustered,none").textValue());
  }

  @Test
  void finish_taskWithoutScore_hasNoNumber() throws IOException {
    write("activitynetqa", LATE, Double.NaN);
    JsonNode entry = results().at("/results/activitynetqa");
    assertEquals("N/A", entry.get("gpt_eval_accuracy,none").textValue());
    assertEquals("N/A", entry.get("gpt_eval_score_stderr_clt,none").textValue());
  }
}
