package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.VideoContent;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What compressing kept features adds to what decoding them came to. */
final class CompressionOutcomes {

  private CompressionOutcomes() {}

  /**
   * The outcomes with the time of compressing; FAILED(compression_error) for a video that a
   * compression refused.
   *
   * @param carried rows of {@code outcomes/}
   * @param compressed what {@link FeatureStages#run} gave of the same videos
   */
  static Dataset<Row> of(Dataset<Row> carried, Dataset<Row> compressed) {
    Dataset<Row> found =
        compressed.select(
            col(VideoContent.ID),
            col(VideoContent.SHA256),
            col("refusal"),
            col("compress_ms").as("found_ms"));
    Column refused = col("refusal").isNotNull();
    return carried
        .join(found, VideoContent.columns(), "left_outer")
        .withColumn("outcome", when(refused, Outcome.FAILED.name()).otherwise(col("outcome")))
        .withColumn(
            "reason", when(refused, Reason.COMPRESSION_ERROR.label()).otherwise(col("reason")))
        .withColumn("detail", coalesce(col("refusal"), col("detail")))
        .withColumn("compress_ms", col("found_ms"))
        .drop("refusal", "found_ms");
  }
}
