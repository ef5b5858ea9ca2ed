package io.tokenreel.eval.task;

import io.tokenreel.spec.UnknownWord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What lmms-eval logs of a question under a task's metrics, as {@code logs} of the task's file has
 * it: maps whose leaves name a value, one of {@link Value} in lower case or else a column of the
 * annotation. A key that begins with {@code $} stands for the value of the column behind it.
 */
public final class TaskLog {

  private static final String OF_COLUMN = "$";

  private final Map<String, Object> metrics;

  /** What is logged of a task whose file does not say it. */
  static Map<String, Object> plain(String metric, Judge judge) {
    Map<String, Object> logs = new LinkedHashMap<>();
    logs.put(metric, named("pred", "gold", "score"));
    if (judge != null) {
      logs.put(judge.scoreMetric(), named("pred", "gold", "judge_score"));
    }
    return logs;
  }

  private static Map<String, Object> named(String pred, String answer, String score) {
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("pred", pred);
    named.put("answer", answer);
    named.put("score", score);
    return named;
  }

  /** Of a task's questions. */
  public TaskLog(Task task) {
    this.metrics = task.logs();
  }

  /** What is known of an answered question beside its annotation. */
  public enum Value {
    /** What the model said; empty where it said nothing. */
    RESPONSE,
    /** The letter that was read, or the judge's verdict; empty for none. */
    PRED,
    /** The letter's place, from 0; -1 for none. */
    PRED_INDEX,
    /** The right answer's letter, or words. */
    GOLD,
    /** 1.0 or 0.0. */
    SCORE,
    /** 1 or 0. */
    POINT,
    /** true or false. */
    CORRECT,
    /** What the judge gave, 0 to 5; null without a verdict. */
    JUDGE_SCORE;

    static Optional<Value> of(String name) {
      for (Value value : values()) {
        if (value.name().toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(value);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Metric to what is logged under it.
   *
   * @param doc the question's annotation
   * @param values of the answer
   */
  public Map<String, Object> of(Map<String, ?> doc, Map<Value, ?> values) {
    Map<String, Object> logged = new LinkedHashMap<>();
    metrics.forEach((metric, node) -> logged.put(metric, logged(node, doc, values)));
    return logged;
  }

  private static Object logged(Object node, Map<String, ?> doc, Map<Value, ?> values) {
    if (node instanceof Map<?, ?> map) {
      Map<String, Object> logged = new LinkedHashMap<>();
      map.forEach(
          (key, value) -> {
            String name = key.toString();
            logged.put(
                name.startsWith(OF_COLUMN) ? String.valueOf(doc.get(name.substring(1))) : name,
                logged(value, doc, values));
          });
      return logged;
    }
    String name = node.toString();
    Optional<Value> value = Value.of(name);
    return value.isPresent() ? values.get(value.get()) : doc.get(name);
  }

  /**
   * Checks that an annotation has all columns that are logged.
   *
   * @throws IllegalArgumentException for one that it lacks
   */
  void requireColumns(Map<String, ?> doc) {
    for (String column : columns(metrics)) {
      if (!doc.containsKey(column)) {
        throw new IllegalArgumentException(
            "logs: " + UnknownWord.message("column", column, doc.keySet()));
      }
    }
  }

  private static TreeSet<String> columns(Object node) {
    TreeSet<String> columns = new TreeSet<>();
    if (node instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        String key = entry.getKey().toString();
        if (key.startsWith(OF_COLUMN)) {
          columns.add(key.substring(1));
        }
        columns.addAll(columns(entry.getValue()));
      }
    } else if (Value.of(node.toString()).isEmpty()) {
      columns.addAll(List.of(node.toString()));
    }
    return columns;
  }
}
