package io.tokenreel.eval.log;

import io.tokenreel.eval.result.Cell;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.Task;
import io.tokenreel.eval.task.TaskLog;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The files that lmms-eval would have written of one cell and version, for scripts that read those:
 * {@code DATE_samples_TASK.jsonl} and {@code DATE_results.json}. A benchmark's subsets are tasks of
 * their own there. One thread at a time.
 */
public final class RunLog implements AutoCloseable {

  private static final Pattern NO_FILE_NAME = Pattern.compile("[^A-Za-z0-9._=@+-]+");

  private final Run run;
  private final Opener opener;
  private final LogShape shape;
  private final List<LoggedTask> tasks = new ArrayList<>();
  private TaskLog log;
  private Writer lines;

  /**
   * What lmms-eval calls a run.
   *
   * @param version whose form the files have
   * @param date {@code yyyyMMdd_HHmmss}
   * @param writer name and version of the program
   */
  public record Run(Cell cell, String version, String date, String writer) {

    /** A folder's name that says the cell. */
    public String folder() {
      String name = String.join("__", cell.model(), cell.sampling(), cell.compression(), cell.kv());
      return NO_FILE_NAME.matcher(name).replaceAll("_");
    }
  }

  /** Where files are written. */
  @FunctionalInterface
  public interface Opener {
    /** A new file of a folder, UTF-8. */
    Writer open(String name) throws IOException;
  }

  public RunLog(Run run, Opener opener) {
    this.run = run;
    this.opener = opener;
    this.shape = LogShape.of(run.version());
  }

  /** Logs a question; those of one task and subset come together, in their order. */
  public void add(Task task, LoggedSample sample) throws IOException {
    LoggedTask current = tasks.isEmpty() ? null : tasks.get(tasks.size() - 1);
    String subset = sample.place().subset();
    if (current == null || !current.is(task, subset)) {
      closeLines();
      current = new LoggedTask(task, subset, sample.place().rows(), shape);
      tasks.add(current);
      log = new TaskLog(task);
      lines = opener.open("%s_samples_%s.jsonl".formatted(run.date(), current.name()));
    }
    Map<String, Object> metrics = log.of(sample.doc(), sample.values(task));
    Map<String, Object> line = shape.line(task, sample, metrics);
    current.add(line, metrics, sample.video());
    lines.write(PlainJson.write(line));
    lines.write('\n');
  }

  /**
   * Ends the run.
   *
   * @param results of the cell and version, of all groups
   */
  public void finish(List<Result> results) throws IOException {
    closeLines();
    try (Writer out = opener.open(run.date() + "_results.json")) {
      out.write(new RunResults(run, tasks, results).json());
    }
  }

  private void closeLines() throws IOException {
    if (lines != null) {
      lines.close();
      lines = null;
    }
  }

  @Override
  public void close() throws IOException {
    closeLines();
  }
}
