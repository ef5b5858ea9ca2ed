package io.tokenreel.sweep;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.files.UserPath;
import io.tokenreel.model.Models;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * What a sweep is about to do.
 *
 * @param cells models times samplings times compressions times KV caches
 * @param tasks one line each
 * @param videos that are there, of all tasks, times models and samplings
 * @param encoded of these, decoded and encoded before, from where they lie now
 * @param answers questions about them times cells
 * @param answered rows of {@code answers/} to these very prompts about these very videos
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

  private static final String[] QUESTION = {
    "video_id", "question_id", "question_sha256", "scoring"
  };
  private static final Column[] ANSWER =
      Stream.of("video_id", "question_id", "question_sha256", "scoring", "compression", "kv")
          .map(functions::col)
          .toArray(Column[]::new);

  /** Mean wall times, the video's part of an answer in full though its questions share it. */
  record Millis(double video, double answer) {}

  /** The questions of a task as a model with a sampling would be asked them now. */
  @FunctionalInterface
  interface Asking {
    Dataset<Row> rows(SweepTask.Read task, String model, String sampling) throws IOException;
  }

  /** Of what is there now. */
  static SweepPlan of(
      SparkSession spark,
      SweepSettings settings,
      List<SweepTask.Read> tasks,
      SweepVideos videos,
      Asking asking)
      throws IOException {
    Path output = UserPath.of(settings.output());
    long cells = (long) settings.compressions().size() * settings.kvs().size();
    long encoded = 0;
    long asked = 0;
    long answered = 0;
    Dataset<Row> known = known(spark, output, videos);
    Dataset<Row> answers =
        VideoContent.within(
            CommittedRows.of(spark, output, CacheTable.ANSWERS)
                .filter(CacheKey.compressedBy(settings.compressions()))
                .filter(col("kv").isin(settings.kvs().toArray()))
                .filter(col("template").equalTo(settings.template())),
            known);
    for (String model : settings.models()) {
      String decoder =
          Models.describeLanguage(model, spark.sparkContext().hadoopConfiguration()).decoder();
      for (String sampling : settings.samplings()) {
        encoded +=
            VideoContent.within(videos.features(videos.encoding(model, sampling)), known)
                .select("video_id")
                .distinct()
                .count();
        Dataset<Row> questions = questions(tasks, asking, model, sampling);
        asked += cells * questions.count();
        answered +=
            answers
                .filter(col("decoder").equalTo(decoder).and(col("sampling").equalTo(sampling)))
                .join(questions, QUESTION, "left_semi")
                .select(ANSWER)
                .distinct()
                .count();
      }
    }
    long towers = (long) settings.models().size() * settings.samplings().size();
    return new SweepPlan(
        towers * cells,
        tasks,
        towers * videos.count(),
        encoded,
        asked,
        answered,
        new Millis(
            mean(
                CommittedRows.of(spark, output, CacheTable.OUTCOMES),
                col("decode_ms").plus(coalesce(col("encode_ms"), lit(0)))),
            mean(answers, col("prefill_ms").plus(col("decode_ms")))),
        spark.sparkContext().defaultParallelism());
  }

  /** What the bytes of the videos were whenever they were read from where they are to be read. */
  private static Dataset<Row> known(SparkSession spark, Path output, SweepVideos videos)
      throws IOException {
    return CommittedRows.of(spark, output, CacheTable.OUTCOMES)
        .filter(col(VideoContent.SHA256).isNotNull())
        .join(broadcast(videos.rows()), new String[] {"video_id", "video_uri"}, "left_semi")
        .select(Columns.quoted(VideoContent.COLUMNS))
        .distinct();
  }

  /** Each question once: versions of a benchmark that ask alike share their answers. */
  private static Dataset<Row> questions(
      List<SweepTask.Read> tasks, Asking asking, String model, String sampling) throws IOException {
    Dataset<Row> questions = null;
    for (SweepTask.Read read : tasks) {
      Dataset<Row> own =
          read.task()
              .asked(asking.rows(read, model, sampling))
              .select(
                  col("video_id"),
                  col("question_id"),
                  col("question_sha256"),
                  lit(read.task().task().scoring()).as("scoring"));
      questions = questions == null ? own : questions.union(own);
    }
    return questions.distinct();
  }

  private static double mean(Dataset<Row> rows, Column millis) {
    Row mean = rows.agg(avg(millis)).first();
    return mean.isNullAt(0) ? Double.NaN : mean.getDouble(0);
  }

  void print(PrintWriter out) {
    out.printf(Locale.ROOT, "%,d cells%n", cells);
    for (SweepTask.Read read : tasks) {
      List<String> missing = read.missing();
      out.printf(
          Locale.ROOT,
          "  %s (%s): %,d questions about videos below %s%n",
          read.task().task().name(),
          read.task().task().version(),
          read.questions().size(),
          read.task().root());
      if (!missing.isEmpty()) {
        out.printf(
            Locale.ROOT,
            "    %,d of them are about %,d videos that are missing, and count as wrong; such as %s%n",
            read.missingVideos(),
            missing.size(),
            missing.get(0));
      }
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
