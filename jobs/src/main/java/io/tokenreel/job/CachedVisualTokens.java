package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Tokens that a cache holds.
 *
 * @param tokens rows of {@code tokens/} of one encoder and sampling
 * @param contents the current bytes of each video, as {@link
 *     io.tokenreel.cache.CommittedRows#currentContents} gives them
 */
record CachedVisualTokens(Dataset<Row> tokens, Dataset<Row> contents) implements VisualTokens {

  @Override
  public List<String> compressions() {
    return tokens.select("compression").distinct().collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Override
  public Dataset<Row> current() {
    return tokens
        .select("video_id", "compression", "content_sha256")
        .join(contents, new String[] {"video_id", "content_sha256"}, "left_semi");
  }

  @Override
  public Dataset<Row> between(String firstId, String lastId) {
    return tokens.filter(col("video_id").between(firstId, lastId));
  }
}
