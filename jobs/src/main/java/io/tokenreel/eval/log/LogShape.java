package io.tokenreel.eval.log;

import io.tokenreel.eval.task.Task;
import io.tokenreel.model.prompt.Scoring;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * A log line as a version of lmms-eval writes it (loggers/evaluation_tracker.py), and behind it
 * {@code state}, this project's own: what became of the question.
 */
enum LogShape {
  /** To 0.3.5: with the annotation and hashes. */
  EARLY {
    @Override
    void fill(Map<String, Object> line, Task task, LoggedSample sample) {
      String target = target(task, sample);
      Map<String, Object> doc = new LinkedHashMap<>(sample.doc());
      doc.keySet().removeIf(column -> column.contains("image"));
      line.put("doc", doc);
      line.put("target", target);
      line.put("arguments", arguments(task));
      line.put("resps", List.of(List.of(sample.said())));
      line.put("filtered_resps", List.of(sample.answered(task)));
      line.put("doc_hash", DOC_HASH);
      line.put("prompt_hash", DigestUtils.sha256Hex(sample.prompt()));
      line.put("target_hash", DigestUtils.sha256Hex(target));
    }

    @Override
    String hashed(int place, Map<String, ?> line) {
      return "" + line.get("doc_hash") + line.get("prompt_hash") + line.get("target_hash");
    }
  },
  /** From 0.7. */
  LATE {
    @Override
    void fill(Map<String, Object> line, Task task, LoggedSample sample) {
      line.put("target", target(task, sample));
      String answered = sample.answered(task);
      if (!answered.equals(sample.said())) {
        line.put("resps", sample.said());
      }
      line.put("filtered_resps", answered);
      line.put("token_counts", Collections.singletonList(sample.tokenCounts()));
      line.put("doc_hash", DOC_HASH);
    }

    @Override
    String hashed(int place, Map<String, ?> line) {
      return "sample_" + place + line.get("doc_hash");
    }
  };

  /** Upstream hashes an annotation that it has let go of before. */
  static final String DOC_HASH = DigestUtils.sha256Hex("null");

  private static final String EARLY_VERSIONS = "lmms-eval-0.3.";

  /** Of a task's version; one that is not lmms-eval's has the later form. */
  static LogShape of(String version) {
    return version.startsWith(EARLY_VERSIONS) ? EARLY : LATE;
  }

  /** Puts what stands between the question's place and its metrics. */
  abstract void fill(Map<String, Object> line, Task task, LoggedSample sample);

  /** What of a line goes into its task's hash. */
  abstract String hashed(int place, Map<String, ?> line);

  /** A line, in upstream's order of fields. */
  Map<String, Object> line(Task task, LoggedSample sample, Map<String, Object> metrics) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("doc_id", sample.docId());
    fill(line, task, sample);
    line.putAll(metrics);
    line.put("input", sample.prompt());
    line.put("state", sample.state());
    return line;
  }

  /** As the annotation holds it, printed as Python prints it. */
  private static String target(Task task, LoggedSample sample) {
    Object target = task.gold() == null ? null : sample.doc().get(task.gold().column());
    return target == null ? "None" : target.toString();
  }

  static Map<String, Object> arguments(Task task) {
    Scoring scoring = Scoring.parse(task.scoring());
    return scoring.generates()
        ? Map.of("max_new_tokens", scoring.newTokens())
        : Map.of("scoring", task.scoring());
  }
}
