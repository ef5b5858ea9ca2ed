package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.TokenCacheWriter;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How a run begins: a run that was cut off goes on under its own id, so that in the end it looks as
 * if nothing had happened.
 */
final class Runs {

  private Runs() {}

  /**
   * The run to do: one that was cut off with the same options over the same setting and number of
   * videos, else the fresh one.
   */
  static RunRecord begin(TokenCacheWriter writer, RunRecord fresh) throws IOException {
    RunRecord run =
        writer
            .interruptedRun(fresh.optionsDigest())
            .filter(cut -> cut.inputVideos() == fresh.inputVideos())
            .filter(
                cut ->
                    cut.encoder().equals(fresh.encoder())
                        && cut.sampling().equals(fresh.sampling()))
            .orElse(fresh);
    writer.saveRun(run);
    return run;
  }

  /** The videos that have no outcome of this run yet: all of them, unless the run was cut off. */
  static Dataset<Row> open(TokenCacheWriter writer, RunRecord run, Dataset<Row> videos)
      throws IOException {
    Dataset<Row> recorded =
        writer
            .committedRows(CacheTable.OUTCOMES)
            .filter(col("run_id").equalTo(run.runId()))
            .select("video_id");
    return videos.join(recorded, new String[] {"video_id"}, "left_anti");
  }
}
