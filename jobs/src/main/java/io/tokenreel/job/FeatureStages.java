package io.tokenreel.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.current_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import io.tokenreel.ml.CompressionTransformer;
import io.tokenreel.sql.TokenColumns;
import java.util.ArrayList;
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

  private final List<String> compressions;
  private final PipelineModel pipeline;

  FeatureStages(List<String> compressions) {
    this.compressions = compressions;
    List<Transformer> stages = new ArrayList<>();
    for (int i = 0; i < compressions.size(); i++) {
      stages.add(
          new CompressionTransformer()
              .setInputCol("block")
              .setCompression(compressions.get(i))
              .setOutputCol(compressed(i)));
    }
    this.pipeline = new PipelineModel("compress", stages.toArray(Transformer[]::new));
  }

  private static String compressed(int i) {
    return "compressed_" + i;
  }

  /** One row per row of {@code features/}, without the features. */
  Dataset<Row> run(Dataset<Row> features) {
    Column[] cells = new Column[compressions.size()];
    for (int i = 0; i < cells.length; i++) {
      String spec = compressions.get(i);
      cells[i] =
          struct(
              lit(spec).as("compression"),
              col(compressed(i)).as("kept"),
              TokenColumns.frameBudgets(col("block"), spec).as("frame_budgets"));
    }
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
            array(cells).as("cells"),
            col("outcome"),
            lit(TokenReel.version()).as("writer_version"),
            current_timestamp().as("created_at"));
  }
}
