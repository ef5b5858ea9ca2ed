package io.tokenreel.eval.log;

import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskLog;
import io.tokenreel.eval.task.TaskQuestion;
import io.tokenreel.model.prompt.OptionLetters;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A question with a cell's answer, as it is logged.
 *
 * @param place of the question in its subset
 * @param doc its annotation
 * @param prompt what was asked
 * @param gold letter of the right option, or the right words; null where it is not known
 * @param video the cluster that it belongs to
 * @param answer what the cell said
 * @param verdict what became of that
 */
public record LoggedSample(
    TaskQuestion.Place place,
    Map<String, Object> doc,
    String prompt,
    String gold,
    String video,
    Answer answer,
    Outcome verdict) {

  /**
   * What a model said.
   *
   * @param response null where there is none
   * @param promptTokens that it read; null as {@code response}
   * @param newTokens that it said; null as {@code response}
   */
  public record Answer(String response, Integer promptTokens, Integer newTokens) {}

  /**
   * What was made of an answer.
   *
   * @param state what became of the question
   * @param choice a letter or a judge's word; null or empty for none
   * @param score 0 or 1; null where there is none
   * @param judgeScore 0 to 5; null without a verdict
   */
  public record Outcome(String state, String choice, Double score, Integer judgeScore) {}

  int docId() {
    return place.row();
  }

  String said() {
    return answer.response == null ? "" : answer.response;
  }

  /** What the task is given of that. */
  String answered(Task task) {
    return task.reasoning().removed(said());
  }

  String state() {
    return verdict.state;
  }

  /** Null where nothing was said. */
  Map<String, Integer> tokenCounts() {
    if (answer.response == null) {
      return null;
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    counts.put("input_tokens", answer.promptTokens);
    counts.put("output_tokens", answer.newTokens);
    counts.put("reasoning_tokens", 0);
    return counts;
  }

  Map<TaskLog.Value, Object> values(Task task) {
    String pred = verdict.choice == null ? "" : verdict.choice;
    Map<TaskLog.Value, Object> values = new EnumMap<>(TaskLog.Value.class);
    values.put(TaskLog.Value.RESPONSE, answered(task));
    values.put(TaskLog.Value.PRED, pred);
    values.put(TaskLog.Value.PRED_INDEX, OptionLetters.place(pred));
    values.put(TaskLog.Value.GOLD, gold);
    values.put(TaskLog.Value.JUDGE_SCORE, verdict.judgeScore);
    if (verdict.score != null) {
      values.put(TaskLog.Value.SCORE, verdict.score);
      values.put(TaskLog.Value.POINT, verdict.score.intValue());
      values.put(TaskLog.Value.CORRECT, verdict.score > 0);
    }
    return values;
  }
}
