package io.tokenreel.eval.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.tokenreel.eval.UpstreamVectors;
import io.tokenreel.eval.UpstreamVectorsTest;
import io.tokenreel.eval.task.AnswerScorer;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskQuestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Metrics over a few questions each, against the aggregations of lmms-eval. */
class UpstreamMetricsTest {

  /** LongVideoBench's is rounded upstream, and only there. */
  private static final double ROUNDED = 0.5e-5;

  private final List<Asked> asked = new ArrayList<>();
  private final Map<ScoredTask, Average> averages = new HashMap<>();
  private final Map<String, Double> expected = new HashMap<>();
  private final Map<String, Task> tasks = new HashMap<>();

  @Test
  void of_responsesOfUpstream_givesItsMetrics() {
    UpstreamVectors vectors = new UpstreamVectors(UpstreamVectorsTest.folder());
    vectors.differences("metrics.jsonl", (line, none) -> add(vectors.task(line), line));
    Map<ScoreKey, Score> scores = Scores.of(Asked.table(asked), averages);
    expected.forEach(
        (name, value) -> {
          Task task = tasks.get(name);
          ScoreKey whole = new ScoreKey(Asked.BASELINE, name, Asked.VERSION, "");
          double ours = scores.get(whole).estimate().mean() * task.metric().scale();
          assertEquals(value, ours, task.name().startsWith("longvideo") ? ROUNDED : 1e-9, name);
        });
  }

  private void add(Task task, JsonNode line) {
    String name = task.name() + " " + task.version();
    List<JsonNode> docs = new ArrayList<>();
    line.get("docs").forEach(docs::add);
    AnswerScorer scorer = new AnswerScorer(task);
    List<TaskQuestion> questions = UpstreamVectors.questions(task, docs);
    for (TaskQuestion question : questions) {
      String response = line.get("responses").get(question.docId()).textValue();
      AnswerScorer.Scored scored = scorer.score(response, question.options(), question.gold());
      if (!scored.leftOut()) {
        String doc = String.valueOf(question.docId());
        asked.add(new Asked(Asked.BASELINE, name, doc, doc, question.groups(), scored.score()));
      }
    }
    Task.Metric metric = task.metric();
    List<String> values =
        metric.values().stream()
            .filter(
                value ->
                    !metric.over().equals("subset")
                        || value.equals(questions.get(0).place().subset()))
            .toList();
    averages.put(
        Asked.task(name), values.isEmpty() ? Average.MICRO : Average.macro(metric.over(), values));
    expected.put(name, line.get("value").doubleValue());
    tasks.put(name, task);
  }
}
