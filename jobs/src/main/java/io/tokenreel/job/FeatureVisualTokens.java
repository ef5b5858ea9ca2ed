package io.tokenreel.job;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Tokens that are compressed from kept features when they are needed: compressing takes less than
 * writing and reading what it gives.
 *
 * @param features rows of {@code features/} of one encoder and sampling
 * @param contents the current bytes of each video, as {@link
 *     io.tokenreel.cache.CommittedRows#currentContents} gives them
 * @param compressions canonical specs
 */
record FeatureVisualTokens(Dataset<Row> features, Dataset<Row> contents, List<String> compressions)
    implements VisualTokens {

  @Override
  public Dataset<Row> current() {
    return features
        .select("video_id", "content_sha256")
        .join(contents, new String[] {"video_id", "content_sha256"}, "left_semi")
        .withColumn(
            "compression",
            explode(array(compressions.stream().map(functions::lit).toArray(Column[]::new))));
  }

  @Override
  public Dataset<Row> between(String firstId, String lastId) {
    return CacheRows.tokens(
        new FeatureStages(compressions)
            .attempt(features.filter(col("video_id").between(lit(firstId), lit(lastId)))));
  }
}
