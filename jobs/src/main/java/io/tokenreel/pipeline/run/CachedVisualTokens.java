package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.VideoContent;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Tokens that a cache holds.
 *
 * @param encoding how the videos were encoded
 * @param tokens rows of {@code tokens/} that are made with it
 * @param contents the current bytes of each video, as {@link
 *     io.tokenreel.cache.store.CommittedRows#currentContents} gives them
 */
record CachedVisualTokens(EncodingSetting encoding, Dataset<Row> tokens, Dataset<Row> contents)
    implements VisualTokens {

  @Override
  public List<String> compressions() {
    return tokens.select(CacheKey.COMPRESSION).distinct().collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Override
  public Dataset<Row> current() {
    return VideoContent.within(
        tokens.select(VideoContent.ID, CacheKey.COMPRESSION, VideoContent.SHA256), contents);
  }

  @Override
  public Dataset<Row> between(String firstId, String lastId) {
    return tokens.filter(col(VideoContent.ID).between(firstId, lastId));
  }
}
