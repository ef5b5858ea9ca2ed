package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Outcomes of videos that a run did not decode, because that was done before: what was found then,
 * with no attempt and no time of this run.
 */
final class CarriedOutcomes {

  private static final String[] VIDEO = {"video_id", "content_sha256"};
  private static final String[] FOUND = {
    "outcome", "reason", "detail", "input_bytes", "frames_decoded", "decode_errors"
  };

  private CarriedOutcomes() {}

  /**
   * Rows of {@code outcomes/} for a run.
   *
   * @param videos with {@code video_id}, {@code video_uri}, {@code content_sha256} and the
   *     manifest's own columns
   * @param outcomes all rows of the table that the videos have outcomes in
   */
  static Dataset<Row> of(Dataset<Row> videos, Dataset<Row> outcomes, String runId) {
    Column[] found = Arrays.stream(FOUND).map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> newest =
        outcomes
            .groupBy("video_id", "content_sha256")
            .agg(max_by(struct(found), col("created_at")).as("found"));
    return videos
        .join(newest, VIDEO, "inner")
        .select(col("*"), col("found.*"))
        .drop("found")
        .withColumn("run_id", lit(runId))
        .withColumn("decode_ms", lit(null).cast("long"))
        .withColumn("encode_ms", lit(null).cast("long"))
        .withColumn("compress_ms", lit(null).cast("long"))
        .withColumn("attempts", lit(0))
        .withColumn("created_at", current_timestamp());
  }
}
