package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.sql.Columns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Tokens that are compressed from kept features when they are needed: compressing takes less than
 * writing and reading what it gives.
 *
 * @param encoding how the videos were encoded
 * @param features rows of {@code features/} that are made with it
 * @param contents the current bytes of each video, as {@link
 *     io.tokenreel.cache.store.CommittedRows#currentContents} gives them
 * @param compressions canonical specs
 */
public record FeatureVisualTokens(
    EncodingSetting encoding,
    Dataset<Row> features,
    Dataset<Row> contents,
    List<String> compressions)
    implements VisualTokens {

  @Override
  public Dataset<Row> current() {
    return VideoContent.within(features.select(Columns.quoted(VideoContent.COLUMNS)), contents)
        .withColumn(
            CacheKey.COMPRESSION,
            explode(array(compressions.stream().map(functions::lit).toArray(Column[]::new))));
  }

  @Override
  public Dataset<Row> between(String firstId, String lastId) {
    return CacheRows.tokens(
        new FeatureStages(compressions)
            .attempt(features.filter(col(VideoContent.ID).between(lit(firstId), lit(lastId)))));
  }
}
