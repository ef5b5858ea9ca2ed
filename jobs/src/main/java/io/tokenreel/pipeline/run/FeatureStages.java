package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.WriterVersion;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The last stage of the pipeline alone: from kept features to compressed tokens, in the flat
 * columns that {@link CacheRows} takes.
 */
final class FeatureStages {

  private final Compressions compressions;

  FeatureStages(List<String> specs) {
    this.compressions = new Compressions(specs, "block");
  }

  /**
   * One row per row of {@code features/}, without the features; {@code cells} is NULL where {@code
   * refusal} says why a compression refused the video.
   */
  Dataset<Row> run(Dataset<Row> features) {
    return run(features, compressions.cells());
  }

  /** As {@link #run}, but {@code cells} are there whatever a compression refused. */
  Dataset<Row> attempt(Dataset<Row> features) {
    return run(features, compressions.attempted());
  }

  private Dataset<Row> run(Dataset<Row> features, Column cells) {
    return compressions
        .append(
            features.withColumn(
                "block",
                col("block").withField("planes", col("planes")).withField("scales", col("scales"))))
        .select(
            col(VideoContent.ID),
            col("video_uri"),
            col(VideoContent.SHA256),
            col(EncodingSetting.ENCODER),
            col("model_name"),
            col(EncodingSetting.SAMPLING),
            col("separator_rows"),
            col("layout"),
            col("frame_seconds"),
            col("source_frames"),
            col("source_rate"),
            col("frame_index"),
            CacheRows.grid("block"),
            cells,
            compressions.refusal().as("refusal"),
            compressions.millis().as("compress_ms"),
            col("outcome"),
            lit(WriterVersion.text()).as("writer_version"),
            current_timestamp().as("created_at"));
  }
}
