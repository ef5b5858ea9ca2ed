package io.tokenreel.eval.task;

import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.spec.UnknownWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * From a benchmark's annotations to its questions. Texts are taken as they stand, blanks included:
 * published scores depend on them.
 */
public final class TaskReader {

  private final Task task;
  private final TaskText prompt;
  private final List<TaskText> videos;
  private final TaskText subtitles; // null where a prompt has none
  private final TaskText submission; // null where right answers are known
  private final TaskLog log;
  private final Files files;

  /**
   * @param files those below the task's root
   */
  public TaskReader(Task task, Files files) {
    this.task = task;
    this.prompt = new TaskText("prompt", task.prompt());
    this.videos = task.videos().stream().map(video -> new TaskText("videos", video)).toList();
    this.subtitles = TaskText.orNull("subtitles", task.subtitles());
    this.submission = TaskText.orNull("submission", task.submission());
    this.log = new TaskLog(task);
    this.files = files;
  }

  /** What lies below a task's root. */
  public interface Files {

    /** Rows of the annotations that a pattern names, in their order, as column to value. */
    List<Map<String, Object>> annotations(String pattern) throws IOException;

    /** Whether a video is there. */
    boolean present(String video);

    /**
     * The subtitles that a video's sampled frames show; asked only for tasks that have them.
     *
     * @param file an .srt, which need not be there
     */
    String subtitles(String file, String video);
  }

  /**
   * All questions of a task, in the annotations' order.
   *
   * @throws IllegalArgumentException when a row lacks what the task's file names; the message says
   *     which row of which file
   */
  public List<TaskQuestion> read() throws IOException {
    List<TaskQuestion> questions = new ArrayList<>();
    for (Map.Entry<String, Map<String, Object>> subset : task.subsets().entrySet()) {
      Map<String, Object> added = new TreeMap<>(subset.getValue());
      added.put("subset", subset.getKey());
      List<Annotation> rows = annotations(added);
      for (int i = 0; i < rows.size(); i++) {
        TaskQuestion.Place place = new TaskQuestion.Place(subset.getKey(), i, rows.size());
        questions.add(question(questions.size(), place, rows.get(i), added));
      }
    }
    return questions;
  }

  /** A row of a file. */
  private record Annotation(String file, int row, Map<String, Object> values) {}

  private List<Annotation> annotations(Map<String, Object> added) throws IOException {
    List<Annotation> rows = new ArrayList<>();
    for (String pattern : task.annotations()) {
      String file = new TaskText("annotations", pattern).of(added);
      int row = 0;
      for (Map<String, Object> values : files.annotations(file)) {
        rows.add(new Annotation(file, row++, values));
      }
    }
    return rows;
  }

  private TaskQuestion question(
      int docId, TaskQuestion.Place place, Annotation annotation, Map<String, Object> added) {
    try {
      return question(docId, place, annotation.values(), added);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "task %s, %s, row %d: %s"
              .formatted(task.name(), annotation.file(), annotation.row(), e.getMessage()),
          e);
    }
  }

  private TaskQuestion question(
      int docId, TaskQuestion.Place place, Map<String, Object> row, Map<String, Object> added) {
    log.requireColumns(row);
    List<String> options = options(row);
    Map<String, Object> values = new LinkedHashMap<>(row);
    values.putAll(added);
    values.put("options", options);
    values.put(
        "letters", IntStream.range(0, OptionLetters.MOST).mapToObj(OptionLetters::of).toList());
    List<String> candidates = videos.stream().map(video -> video.of(values)).toList();
    Optional<String> found = candidates.stream().filter(files::present).findFirst();
    String video = found.orElse(candidates.get(0));
    if (subtitles != null) {
      values.put("subtitles", files.subtitles(subtitles.of(values), video));
    }
    Map<String, String> groups = new LinkedHashMap<>();
    for (String group : task.groups()) {
      groups.put(group, text(values, "groups", group));
    }
    requireCounted(groups);
    return new TaskQuestion(
        docId,
        place,
        row,
        video,
        found.isEmpty(),
        prompt.of(values),
        options,
        gold(row, options),
        submission == null ? null : submission.of(values),
        groups);
  }

  /** A value that the average does not name would count for nothing. */
  private void requireCounted(Map<String, String> groups) {
    Task.Metric metric = task.metric();
    if (metric.over() != null && !metric.values().contains(groups.get(metric.over()))) {
      throw new IllegalArgumentException(
          "metric.over: column '%s' has '%s', which is none of metric.values %s: correct the row, or name it there"
              .formatted(metric.over(), groups.get(metric.over()), metric.values()));
    }
  }

  private List<String> options(Map<String, Object> row) {
    Task.OptionColumns columns = task.options();
    if (columns == null) {
      return List.of();
    }
    List<String> options = new ArrayList<>();
    if (columns.column() == null) {
      columns.columns().forEach(column -> options.add(text(row, "options.columns", column)));
    } else if (value(row, "options.column", columns.column()) instanceof Collection<?> list) {
      list.forEach(option -> options.add(String.valueOf(option)));
    } else {
      throw new IllegalArgumentException(
          "options.column: '%s' must hold a list; got %s"
              .formatted(columns.column(), row.get(columns.column())));
    }
    options.removeIf(option -> option.equals(columns.absent()));
    if (options.isEmpty() || options.size() > OptionLetters.MOST) {
      throw new IllegalArgumentException(
          "expected 1 to %d options; got %d".formatted(OptionLetters.MOST, options.size()));
    }
    return options;
  }

  private String gold(Map<String, Object> row, List<String> options) {
    if (task.gold() == null) {
      return null;
    }
    return task.gold().form().letter(text(row, "gold.column", task.gold().column()), options);
  }

  private static String text(Map<String, Object> row, String key, String column) {
    return value(row, key, column).toString();
  }

  private static Object value(Map<String, Object> row, String key, String column) {
    Object value = row.get(column);
    if (value == null) {
      throw new IllegalArgumentException(
          row.containsKey(column)
              ? "%s: column '%s' has no value".formatted(key, column)
              : key + ": " + UnknownWord.message("column", column, row.keySet()));
    }
    return value;
  }
}
