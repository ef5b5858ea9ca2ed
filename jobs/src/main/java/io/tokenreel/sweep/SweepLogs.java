package io.tokenreel.sweep;

import io.tokenreel.cache.WriterVersion;
import io.tokenreel.eval.log.LoggedSample;
import io.tokenreel.eval.log.RunLog;
import io.tokenreel.eval.result.Result;
import io.tokenreel.eval.stat.ScoreKey;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.TaskKey;
import io.tokenreel.eval.task.TaskQuestion;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A sweep in the layout of lmms-eval's output: {@code lmms-eval/VERSION/CELL/}, one folder per
 * version that tasks follow and per cell, in place of those of an earlier run.
 */
public final class SweepLogs {

  public static final String FOLDER = "lmms-eval";

  /** Upstream's own clock. */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss").withZone(ZoneOffset.ofHours(8));

  private final SparkSession spark;
  private final Path output;

  SweepLogs(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = UserPath.below(output, FOLDER);
  }

  /**
   * Writes the files.
   *
   * @param results of all cells
   * @param samples rows of {@link SweepSamples#of}
   * @param tasks of the samples
   */
  void write(List<Result> results, Dataset<Row> samples, Map<TaskKey, SweepTask> tasks)
      throws IOException {
    FileSystem files = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    files.delete(output, true);
    String date = DATE.format(Instant.now());
    RunLog.Run current = null;
    RunLog log = null;
    Dataset<Row> sorted =
        samples.orderBy("version", "model", "sampling", "compression", "kv", "task", "doc_id");
    try {
      for (Row row : (Iterable<Row>) sorted::toLocalIterator) {
        RunLog.Run run = run(row, date);
        if (!run.equals(current)) {
          finish(log, current, results);
          current = run;
          log = new RunLog(run, name -> open(files, run, name));
        }
        TaskKey key = new TaskKey(row.getAs("task"), run.version());
        log.add(tasks.get(key).task(), sample(row));
      }
      finish(log, current, results);
    } finally {
      if (log != null) {
        log.close();
      }
    }
  }

  private static void finish(RunLog log, RunLog.Run run, List<Result> results) throws IOException {
    if (log != null) {
      log.finish(
          results.stream()
              .filter(each -> each.cell().equals(run.cell()))
              .filter(each -> each.version().equals(run.version()))
              .toList());
    }
  }

  private BufferedWriter open(FileSystem files, RunLog.Run run, String name) throws IOException {
    Path folder = UserPath.below(UserPath.below(output, run.version()), run.folder());
    return new BufferedWriter(
        new OutputStreamWriter(files.create(UserPath.below(folder, name)), StandardCharsets.UTF_8));
  }

  private static RunLog.Run run(Row row, String date) {
    return new RunLog.Run(
        ScoreKey.cell(row), row.getAs("version"), date, "TokenReel " + WriterVersion.text());
  }

  private static LoggedSample sample(Row row) {
    return new LoggedSample(
        new TaskQuestion.Place(
            row.getAs("subset"), row.getAs("subset_row"), row.getAs("subset_rows")),
        PlainJson.read(row.getAs("doc")),
        row.getAs("question"),
        row.getAs("gold"),
        row.getAs("cluster"),
        new LoggedSample.Answer(
            row.getAs("response"), row.getAs("prompt_tokens"), row.getAs("new_tokens")),
        new LoggedSample.Outcome(
            row.getAs("state"), row.getAs("choice"), row.getAs("score"), row.getAs("judge_score")));
  }
}
