package io.tokenreel.sweep;

import io.tokenreel.eval.task.TaskKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The questions of a sweep, as they were asked. */
final class SweepAsked {

  private final List<Part> parts = new ArrayList<>();

  /**
   * A task's questions, as a model and a sampling were asked them.
   *
   * @param rows of {@link SweepTask#rows}
   * @param contents {@code video_id, content_sha256} of the videos as they are now: answers about
   *     other bytes of the same id are not theirs
   */
  record Part(
      String model, String sampling, SweepTask task, Dataset<Row> rows, Dataset<Row> contents) {}

  void add(
      String model, String sampling, SweepTask task, Dataset<Row> rows, Dataset<Row> contents) {
    parts.add(new Part(model, sampling, task, rows, contents));
  }

  List<Part> all() {
    return List.copyOf(parts);
  }

  /** The tasks, whichever model and sampling were asked them. */
  Map<TaskKey, SweepTask> tasks() {
    Map<TaskKey, SweepTask> tasks = new LinkedHashMap<>();
    parts.forEach(part -> tasks.put(part.task.task().key(), part.task));
    return tasks;
  }

  List<Part> of(String model, String sampling) {
    return parts.stream()
        .filter(part -> part.model.equals(model) && part.sampling.equals(sampling))
        .toList();
  }
}
