package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.Transformer;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The last stretch of the road alone: from kept features to compressed tokens, in the flat columns
 * that {@link CacheRows} takes.
 */
final class FeatureStages {

  private final Compressions compressions;
  private final PipelineModel pipeline;

  FeatureStages(List<String> specs) {
    this.compressions = new Compressions(specs, "block");
    this.pipeline =
        new PipelineModel("compress", compressions.stages().toArray(Transformer[]::new));
  }

  /**
   * One row per row of {@code features/}, without the features; {@code cells} is NULL where {@code
   * refusal} says why a compression refused the video.
   */
  Dataset<Row> run(Dataset<Row> features) {
    return run(features, compressions.cells());
  }

  /** As {@link #run}, but {@code cells} are those of the compressions that did not refuse it. */
  Dataset<Row> runAccepted(Dataset<Row> features) {
    return run(features, compressions.accepted());
  }

  private Dataset<Row> run(Dataset<Row> features, Column cells) {
    return pipeline
        .transform(features)
        .select(
            col("video_id"),
            col("video_uri"),
            col("content_sha256"),
            col("encoder"),
            col("sampling"),
            col("separator_rows"),
            col("frame_seconds"),
            CacheRows.grid("block"),
            cells,
            compressions.refusal().as("refusal"),
            compressions.millis().as("compress_ms"),
            col("outcome"),
            lit(TokenReel.version()).as("writer_version"),
            current_timestamp().as("created_at"));
  }
}
