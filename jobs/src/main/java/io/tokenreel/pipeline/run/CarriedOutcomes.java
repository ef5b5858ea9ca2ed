package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.sql.Columns;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Outcomes of videos that a run did not decode, because that was done before: what is committed
 * says whether they are OK or DEGRADED, and the run that found so says why. They have no attempt
 * and no time of this run. Where that run's outcome is not there, as where it was cut off between
 * two tables, nothing is known beside the outcome.
 */
final class CarriedOutcomes {

  private static final String[] SAME = VideoContent.columns("outcome");
  private static final String[] FOUND = {
    "reason", "detail", "input_bytes", "frames_decoded", "decode_errors"
  };

  private final Dataset<Row> found;
  private final String runId;

  /**
   * @param cache the folder of the cache that holds the videos' rows and their first outcomes
   * @param run the run that carries them on; only what runs of the same encoder and sampling found
   *     is of use to it
   */
  CarriedOutcomes(SparkSession spark, Path cache, RunRecord run) throws IOException {
    Object[] sameSetting =
        RunRecords.of(spark.sparkContext().hadoopConfiguration(), cache).stream()
            .filter(other -> other.encoding().equals(run.encoding()))
            .map(RunRecord::runId)
            .toArray();
    this.found =
        CommittedRows.of(spark, cache, CacheTable.OUTCOMES).filter(col("run_id").isin(sameSetting));
    this.runId = run.runId();
  }

  /**
   * Rows of {@code outcomes/} for the run.
   *
   * @param videos with {@code video_id}, {@code video_uri}, {@code content_sha256}, the {@code
   *     outcome} of their committed rows, and the manifest's own columns
   */
  Dataset<Row> rows(Dataset<Row> videos) {
    Column[] columns = Arrays.stream(FOUND).map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> newest =
        found
            .join(videos.select(VideoContent.ID), new String[] {VideoContent.ID}, "left_semi")
            .groupBy(Columns.quoted(List.of(SAME)))
            .agg(max_by(struct(columns), col("created_at")).as("found"));
    Column unknown = col("found").isNull().and(col("outcome").equalTo(Outcome.DEGRADED.name()));
    return videos
        .join(newest, SAME, "left_outer")
        .select(
            col("*"),
            when(unknown, Reason.DECODE_ERROR.label()).otherwise(col("found.reason")).as("reason"),
            when(unknown, "the outcome of the run that decoded it is not kept")
                .otherwise(col("found.detail"))
                .as("detail"),
            coalesce(col("found.input_bytes"), lit(0L)).as("input_bytes"),
            coalesce(col("found.frames_decoded"), lit(0L)).as("frames_decoded"),
            coalesce(col("found.decode_errors"), lit(0L)).as("decode_errors"))
        .drop("found")
        .withColumn("run_id", lit(runId))
        .withColumn("decode_ms", lit(null).cast("long"))
        .withColumn("encode_ms", lit(null).cast("long"))
        .withColumn("compress_ms", lit(null).cast("long"))
        .withColumn("attempts", lit(0))
        .withColumn("created_at", current_timestamp());
  }
}
