package io.tokenreel.job;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.CommittedRows;
import io.tokenreel.files.UserPath;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a sweep is about to do.
 *
 * @param cells models times samplings times compressions times KV caches
 * @param tasks one line each
 * @param videos that are there, of all tasks, times models and samplings
 * @param encoded of these, decoded and encoded before
 * @param answers questions about them times cells
 * @param answered rows of {@code answers/} that are there
 * @param millis mean time of a video and of an answer, of what is there; NaN where nothing is
 * @param cores that work side by side
 */
record SweepPlan(
    long cells,
    List<SweepTask.Read> tasks,
    long videos,
    long encoded,
    long answers,
    long answered,
    Millis millis,
    int cores) {

  /** Mean wall times, the video's part of an answer in full though its questions share it. */
  record Millis(double video, double answer) {}

  /**
   * Of what is there now.
   *
   * @param videos that are there, of all tasks
   */
  static SweepPlan of(
      SparkSession spark, SweepSettings settings, List<SweepTask.Read> tasks, long videos)
      throws IOException {
    Path output = UserPath.of(settings.output());
    long asked =
        tasks.stream().mapToLong(task -> task.questions().size() - task.missingVideos()).sum();
    long towers = (long) settings.models().size() * settings.samplings().size();
    long cells = towers * settings.compressions().size() * settings.kvs().size();
    Dataset<Row> answers =
        CommittedRows.of(spark, output, CacheTable.ANSWERS)
            .filter(col("sampling").isin(settings.samplings().toArray()))
            .filter(col("compression").isin(settings.compressions().toArray()))
            .filter(col("kv").isin(settings.kvs().toArray()))
            .filter(col("template").equalTo(settings.template()));
    return new SweepPlan(
        cells,
        tasks,
        videos * towers,
        CommittedRows.of(spark, output, CacheTable.FEATURES)
            .filter(col("sampling").isin(settings.samplings().toArray()))
            .select(countDistinct(col("video_id"), col("encoder"), col("sampling")))
            .first()
            .getLong(0),
        asked * cells,
        answers.count(),
        new Millis(
            mean(
                CommittedRows.of(spark, output, CacheTable.OUTCOMES),
                col("decode_ms").plus(coalesce(col("encode_ms"), lit(0)))),
            mean(answers, col("prefill_ms").plus(col("decode_ms")))),
        spark.sparkContext().defaultParallelism());
  }

  private static double mean(Dataset<Row> rows, Column millis) {
    Row mean = rows.agg(avg(millis)).first();
    return mean.isNullAt(0) ? Double.NaN : mean.getDouble(0);
  }

  void print(PrintWriter out) {
    out.printf(Locale.ROOT, "%,d cells%n", cells);
    for (SweepTask.Read read : tasks) {
      out.printf(
          Locale.ROOT,
          "  %s (%s): %,d questions, %,d of them about videos that are missing%n",
          read.task().task().name(),
          read.task().task().version(),
          read.questions().size(),
          read.missingVideos());
    }
    out.printf(
        Locale.ROOT,
        "%,d videos to decode and encode, %,d are there%n%,d answers, %,d are there%n",
        videos,
        encoded,
        answers,
        answered);
    double left = times(videos - encoded, millis.video) + times(answers - answered, millis.answer);
    if (Double.isNaN(left)) {
      out.println("no estimate: nothing was measured in this folder yet");
    } else {
      Duration time = Duration.ofMillis((long) (left / cores));
      out.printf(
          Locale.ROOT,
          "at most about %d min of computing on %d cores%n",
          time.toMinutes() + 1,
          cores);
    }
    out.flush();
  }

  private static double times(long left, double each) {
    return left <= 0 ? 0 : left * each;
  }
}
