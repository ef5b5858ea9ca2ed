package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.eval.judge.JudgeReply;
import io.tokenreel.eval.judge.JudgeRequests;
import io.tokenreel.eval.judge.Verdict;
import io.tokenreel.eval.task.PlainJson;
import io.tokenreel.eval.task.TaskKey;
import io.tokenreel.files.Glob;
import io.tokenreel.files.Stores;
import io.tokenreel.files.UserPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Open answers and the language model that judges them, in a sweep's folder: {@code
 * judge/requests/TASK-N.jsonl} are the requests that have no reply yet, for any server that takes
 * OpenAI's batches, and {@code judge/replies/*.jsonl} is where its output is put. Cells that answer
 * a question alike share a request.
 */
public final class SweepJudging {

  public static final String REQUESTS = "judge/requests";
  public static final String REPLIES = "judge/replies";

  /** What became of an answer whose verdict is lacking. */
  static final String WAITING = "judge_waiting";

  static final String FAILED = "judge_failed";
  static final String UNREADABLE = "judge_unreadable";

  /** Of OpenAI's batches. */
  private static final int MOST_REQUESTS = 50_000;

  private static final StructType REPLY =
      new StructType()
          .add("judge_request", DataTypes.StringType, false)
          .add("reply", DataTypes.StringType, false)
          .add("judge", DataTypes.StringType, true)
          .add("verdict", DataTypes.StringType, true)
          .add("judge_score", DataTypes.IntegerType, true)
          .add("right", DataTypes.DoubleType, true);

  private final SparkSession spark;
  private final Path output;
  private final Map<String, JudgeReply> replies = new LinkedHashMap<>(); // by custom id
  private long otherLines;

  private SweepJudging(SparkSession spark, Path output) {
    this.spark = spark;
    this.output = output;
  }

  /** With the replies that are there. */
  static SweepJudging open(SparkSession spark, Path output) throws IOException {
    SweepJudging judging = new SweepJudging(spark, output);
    Path folder = UserPath.below(output, REPLIES);
    for (FileStatus file : Glob.matches(judging.files(), folder, "*.jsonl")) {
      judging.read(file.getPath());
    }
    return judging;
  }

  private FileSystem files() throws IOException {
    return Stores.of(output, spark.sparkContext().hadoopConfiguration());
  }

  private void read(Path file) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(files().open(file), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isBlank()) {
          continue;
        }
        Optional<JudgeReply> reply = JudgeReply.of(line);
        if (reply.isEmpty()) {
          otherLines++;
        } else {
          replies.merge(reply.get().customId(), reply.get(), JudgeReply::better);
        }
      }
    }
  }

  /** Whether a sample lacks its verdict. */
  static Column lacking() {
    return col("state").isin(WAITING, FAILED, UNREADABLE);
  }

  /** Says which replies are of no use: they are to other answers, judges or prompts, or broken. */
  void tell(Dataset<Row> samples, PrintWriter out) {
    Dataset<Row> asked = samples.select("judge_request").filter("judge_request is not null");
    long unused =
        replies.isEmpty()
            ? 0
            : rows().join(asked, new String[] {"judge_request"}, "left_anti").count();
    if (unused > 0) {
      out.printf("%d replies in %s are to no request of this sweep%n", unused, REPLIES);
    }
    if (otherLines > 0) {
      out.printf("%d lines in %s are not a batch's replies%n", otherLines, REPLIES);
    }
    out.flush();
  }

  private Dataset<Row> rows() {
    List<Row> rows =
        replies.values().stream()
            .map(
                reply -> {
                  Verdict verdict = reply.verdict();
                  return RowFactory.create(
                      reply.customId(),
                      reply.state().name(),
                      reply.model(),
                      verdict == null ? null : verdict.pred(),
                      verdict == null ? null : verdict.score(),
                      verdict == null ? null : verdict.right().orElse(null));
                })
            .toList();
    return spark.createDataFrame(rows, REPLY);
  }

  /**
   * Answers with their verdicts: {@code scored} as {@link SweepSamples} takes it, {@code judge},
   * {@code judge_score}. A verdict that is neither yes nor no is left out of the denominator.
   *
   * @param answers with {@code response} and {@code judge_request}, both NULL where there is none
   */
  Dataset<Row> judged(Dataset<Row> answers) {
    Column read = col("reply").equalTo(JudgeReply.State.READ.name());
    Column state =
        when(read, JudgeReply.State.READ.name())
            .when(col("reply").equalTo(JudgeReply.State.FAILED.name()), FAILED)
            .when(col("reply").equalTo(JudgeReply.State.UNREADABLE.name()), UNREADABLE)
            .otherwise(WAITING);
    return answers
        .join(broadcast(rows()), new String[] {"judge_request"}, "left_outer")
        .withColumn(
            "scored",
            struct(
                col("verdict").as("choice"),
                state.as("reading"),
                coalesce(col("right"), when(read, lit(0.0))).as("score"),
                coalesce(read.and(col("right").isNull()), lit(false)).as("left_out")))
        .withColumn("judge_score", when(col("response").isNull(), 0).otherwise(col("judge_score")))
        .drop("reply", "verdict", "right");
  }

  /**
   * Writes the requests that still want a reply, in place of those of an earlier run.
   *
   * @param samples rows of {@link SweepSamples#of}
   * @param tasks of the samples
   */
  void write(Dataset<Row> samples, Map<TaskKey, SweepTask> tasks) throws IOException {
    files().delete(UserPath.below(output, REQUESTS), true);
    Map<TaskKey, JudgeRequests> requests = new HashMap<>();
    tasks.forEach(
        (key, task) -> {
          if (task.task().judge() != null) {
            requests.put(key, task.judgeRequests());
          }
        });
    if (requests.isEmpty()) {
      return;
    }
    files().mkdirs(UserPath.below(output, REPLIES));
    Dataset<Row> open =
        samples
            .filter(lacking())
            .dropDuplicates("judge_request")
            .select("task", "version", "doc_id", "doc", "response", "judge_request")
            .orderBy("task", "doc_id", "judge_request");
    // What answers a file of requests is usually named as it is, and must not take the place of
    // the replies that are there.
    Path replied = UserPath.below(output, REPLIES);
    try (LineFiles out =
        new LineFiles(files(), UserPath.below(output, REQUESTS), replied, MOST_REQUESTS)) {
      for (Row row : (Iterable<Row>) open::toLocalIterator) {
        JudgeRequests task = requests.get(new TaskKey(row.getAs("task"), row.getAs("version")));
        out.write(
            row.getAs("task"),
            task.of(
                    row.<Integer>getAs("doc_id"),
                    PlainJson.read(row.getAs("doc")),
                    row.getAs("response"))
                .line());
      }
    }
  }
}
