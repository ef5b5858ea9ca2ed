package io.tokenreel.cache;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of a cache that are committed together: folder, columns, key, and how their Parquet is
 * laid out.
 *
 * <p>No two rows of a table have the same key. A video's id is part of every key, so that two ids
 * whose files hold equal bytes can both be looked up.
 */
public enum CacheTable {
  TOKENS(CacheSchema.TOKENS, CacheKey.COLUMNS, ParquetLayout.blobs("tokens", "scales")),
  FEATURES(
      CacheSchema.FEATURES,
      CacheKey.UNCOMPRESSED,
      ParquetLayout.blobs("block.data", "separator_rows", "scales")),
  SELECTIONS(
      CacheSchema.SELECTIONS,
      CacheKey.COLUMNS,
      ParquetLayout.records("token_index.list.element", "frame_budgets.list.element")),
  CONTENTS(CacheSchema.CONTENTS, List.of(VideoContent.ID, "wave"), ParquetLayout.records()),
  OUTCOMES(CacheSchema.OUTCOMES, List.of("run_id", VideoContent.ID), ParquetLayout.records()),
  ANSWERS(
      AnswerSchema.ANSWERS,
      List.of(
          VideoContent.ID,
          "question_id",
          "question_sha256",
          VideoContent.SHA256,
          EncodingSetting.ENCODER,
          "decoder",
          EncodingSetting.SAMPLING,
          CacheKey.COMPRESSION,
          "template",
          "kv",
          "scoring"),
      ParquetLayout.records("option_logits.list.element", "option_log_likelihoods.list.element"));

  private final StructType schema;
  private final List<String> key;
  private final ParquetLayout layout;

  CacheTable(StructType schema, List<String> key, ParquetLayout layout) {
    this.schema = schema;
    this.key = key;
    this.layout = layout;
  }

  /** The fixed columns; a manifest's own columns follow them in the files. */
  public StructType schema() {
    return schema;
  }

  /** Names of the columns that tell the table's rows apart. */
  public List<String> key() {
    return key;
  }

  /** Whether a video has a row for each compression, where its other columns are the same. */
  public boolean hasCompression() {
    return key.contains(CacheKey.COMPRESSION);
  }

  /**
   * Whether rows of two Datasets, which have the columns of the key, have the same key; a key may
   * hold a NULL.
   */
  public Column sameKey(Dataset<Row> left, Dataset<Row> right) {
    return key.stream()
        .map(column -> left.col(column).eqNullSafe(right.col(column)))
        .reduce(Column::and)
        .orElseThrow();
  }

  /** The table's folder under the output, and the end of its name in a catalog. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The table with such a folder. */
  public static CacheTable ofFolder(String folder) {
    return valueOf(folder.toUpperCase(Locale.ROOT));
  }

  /**
   * Whether the rows are made of a video's bytes. The runs that write them also write an outcome of
   * each of their videos.
   */
  public boolean hasOutcomes() {
    return this == TOKENS || this == FEATURES || this == SELECTIONS;
  }

  /** Options for Spark's Parquet writer. */
  public Map<String, String> writeOptions() {
    return layout.options();
  }
}
