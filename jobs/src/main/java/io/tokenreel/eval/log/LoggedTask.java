package io.tokenreel.eval.log;

import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/** A task of a run, or one subset of it, while its lines are written. */
final class LoggedTask {

  private static final String NONE = "N/A";

  private final Task task;
  private final String subset;
  private final int rows;
  private final LogShape shape;
  private final Map<String, MetricErrors> errors = new LinkedHashMap<>();
  private final MessageDigest hash = DigestUtils.getSha256Digest();
  private int lines;

  /**
   * @param subset empty where the task has none
   * @param rows that there are, asked or not
   */
  LoggedTask(Task task, String subset, int rows, LogShape shape) {
    this.task = task;
    this.subset = subset;
    this.rows = rows;
    this.shape = shape;
  }

  boolean is(Task task, String subset) {
    return this.task.equals(task) && this.subset.equals(subset);
  }

  Task task() {
    return task;
  }

  String name() {
    return subset.isEmpty() ? task.name() : task.name() + "_" + subset;
  }

  /** The group that upstream has the task in; null for none. */
  String parent() {
    return subset.isEmpty() ? null : task.name();
  }

  void add(Map<String, Object> line, Map<String, Object> metrics, String video) {
    metrics.forEach(
        (metric, logged) ->
            errors.computeIfAbsent(metric, name -> new MetricErrors()).add(logged, video));
    hash.update(shape.hashed(lines, line).getBytes(StandardCharsets.UTF_8));
    lines++;
  }

  /** Of what its lines hash; once, at the end. */
  String hash() {
    return Hex.encodeHexString(hash.digest());
  }

  Map<String, Integer> samples() {
    Map<String, Integer> samples = new LinkedHashMap<>();
    samples.put("original", rows);
    samples.put("effective", lines);
    return samples;
  }

  /** Metrics that are one number, the task's own first. */
  List<String> metrics() {
    String own = task.metric().name();
    return task.judge() == null ? List.of(own) : List.of(own, task.judge().scoreMetric());
  }

  /** Its entry of {@code results}. */
  Map<String, Object> results(List<Result> results) {
    String group = subset.isEmpty() ? "" : "subset=" + subset;
    Result result =
        results.stream()
            .filter(each -> each.task().equals(task.name()) && each.group().equals(group))
            .findFirst()
            .orElseThrow();
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("alias", name());
    for (String metric : metrics()) {
      MetricErrors error = errors.get(metric);
      boolean scored = result.score() != null;
      entry.put(metric + ",none", scored ? value(metric, result) : NONE);
      entry.put(metric + "_stderr,none", scored ? error.ofMean() : NONE);
      if (shape == LogShape.LATE) {
        entry.put(metric + "_stderr_clt,none", scored ? error.clt() : NONE);
        entry.put(metric + "_stderr_clustered,none", scored ? error.clustered() : NONE);
      }
    }
    return entry;
  }

  private double value(String metric, Result result) {
    return metric.equals(task.metric().name())
        ? result.score().mean() * result.scale()
        : result.judging().meanScore();
  }
}
