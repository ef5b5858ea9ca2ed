package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.pipeline.input.LeftOut;
import io.tokenreel.video.Outcome;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What one run came to.
 *
 * @param runId names the run in {@code runs/} and {@code outcomes/}
 * @param output the cache's folder
 * @param table CATALOG.DB.NAME of its tables; null where they are Parquet in it
 * @param videos input videos; always ok + degraded + failed
 * @param videosFound videos that the input has; more than {@code videos} where a limit leaves some
 *     for another run
 * @param ok videos without an error
 * @param degraded videos with tokens, but damaged
 * @param failed videos without tokens
 * @param alreadyCommitted of these, videos whose keys were all committed before, for which no work
 *     was done
 * @param leftOut files of walked folders that do not have a video's ending
 * @param forgotten videos of the input that the output takes no more; they are none of the others
 * @param notOk the DEGRADED and FAILED videos, the first {@link #MAX_LISTED} by id, FAILED ones
 *     first
 * @param written what the rows are of, and how large
 * @param seconds wall time of the job, Spark's start not included
 */
public record RunSummary(
    String runId,
    String output,
    String table,
    long videos,
    long videosFound,
    long ok,
    long degraded,
    long failed,
    long alreadyCommitted,
    LeftOut leftOut,
    long forgotten,
    List<NotOk> notOk,
    @JsonUnwrapped Written written,
    double seconds) {

  /**
   * What a run wrote.
   *
   * @param encoder the vision tower's name in the cache
   * @param model the checkpoint's readable name; null where the run did not open it
   * @param tokenDtype how tokens are stored; null where they are as the features were
   * @param bytesWritten of all tables, compressed as they are stored
   * @param computed what the tower computed in, and where; null where the run did not open it
   */
  public record Written(
      String encoder, String model, String tokenDtype, long bytesWritten, Computed computed) {}

  /** How many videos a summary lists; all are in {@code outcomes/}. */
  static final int MAX_LISTED = LeftOut.MAX_LISTED;

  /** How many of them are lines for a person. */
  private static final int MAX_LINES = 50;

  /** One video that is not OK. */
  public record NotOk(String videoId, String outcome, String reason, String detail) {

    private String line() {
      return "%s %s: %s (%s)".formatted(outcome, videoId, reason, detail);
    }
  }

  /**
   * What a run found in its input.
   *
   * @param videos that it may take, whatever its limit
   * @param forgotten videos that the output takes no more; they are not among {@code videos}
   * @param leftOut names that are no videos, or cannot be read
   */
  record Input(long videos, long forgotten, LeftOut leftOut) {}

  /**
   * The summary of a run.
   *
   * @param outcomes all rows of {@code outcomes/}
   * @param result what the run committed
   */
  static RunSummary of(
      Dataset<Row> outcomes,
      RunRecord run,
      String output,
      Input input,
      CacheRun.Result result,
      Written written,
      double seconds) {
    Progress.Counts counts = result.counts();
    long ok = counts.done() - counts.degraded() - counts.failed();
    Dataset<Row> ofRun = outcomes.filter(col("run_id").equalTo(run.runId()));
    List<NotOk> notOk = ok == counts.done() ? List.of() : notOk(ofRun);
    return new RunSummary(
        run.runId(),
        output,
        run.options().get("table"),
        counts.done(),
        input.videos(),
        ok,
        counts.degraded(),
        counts.failed(),
        result.alreadyCommitted(),
        input.leftOut(),
        input.forgotten(),
        notOk,
        written,
        seconds);
  }

  private static List<NotOk> notOk(Dataset<Row> ofRun) {
    return ofRun
        .filter(col("outcome").notEqual(Outcome.OK.name()))
        .orderBy(col("outcome").desc(), col("video_id"))
        .limit(MAX_LISTED)
        .select("video_id", "outcome", "reason", "detail")
        .collectAsList()
        .stream()
        .map(
            row ->
                new NotOk(row.getString(0), row.getString(1), row.getString(2), row.getString(3)))
        .toList();
  }

  /** For a person: a line for each of the first that are not OK, and one for how many more. */
  public List<String> notOkLines() {
    List<String> lines = new ArrayList<>(notOk.stream().limit(MAX_LINES).map(NotOk::line).toList());
    long more = degraded + failed - lines.size();
    if (more > 0) {
      lines.add("and %d more that are not OK".formatted(more));
    }
    return lines;
  }

  /** Share of the videos that FAILED. */
  public double failedFraction() {
    return videos == 0 ? 0 : (double) failed / videos;
  }
}
