package io.tokenreel.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Tokens that a cache holds.
 *
 * @param tokens rows of {@code tokens/} of one encoder and sampling
 */
record CachedVisualTokens(Dataset<Row> tokens) implements VisualTokens {

  @Override
  public List<String> compressions() {
    return tokens.select("compression").distinct().collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Override
  public Dataset<Row> newest() {
    return tokens
        .groupBy("video_id", "compression")
        .agg(max_by(col("content_sha256"), col("created_at")).as("content_sha256"));
  }

  @Override
  public Dataset<Row> between(String firstId, String lastId) {
    return tokens.filter(col("video_id").between(firstId, lastId));
  }
}
