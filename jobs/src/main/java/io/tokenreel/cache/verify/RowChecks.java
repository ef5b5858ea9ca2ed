package io.tokenreel.cache.verify;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.sql.TokenColumns;
import io.tokenreel.token.TokenFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rules that every row of a table keeps by itself, checked in one pass, and the uniqueness of keys.
 */
final class RowChecks {

  /**
   * A rule of a row.
   *
   * @param name the check's name
   * @param expected the rule in words
   * @param holds SQL condition; NULL counts as broken
   * @param found SQL string that shows a breach
   */
  private record Rule(String name, String expected, String holds, String found) {}

  private static final String KEPT = "filter(token_index, i -> i >= 0)";

  private static final List<Rule> INDEX_RULES =
      List.of(
          new Rule(
              "token_index_length",
              "one place per token",
              "size(token_index) = token_count",
              "concat(size(token_index), ' places for ', token_count, ' tokens')"),
          new Rule(
              "token_index_values",
              "places within 0 .. frames * tokens_per_frame, ascending, or -1 for a separator row",
              "forall(token_index, i -> i >= -1 AND i < CAST(frames AS BIGINT) * tokens_per_frame) AND "
                  + "%1$s = array_sort(array_distinct(%1$s))".formatted(KEPT),
              "concat('places ', array_join(slice(token_index, 1, 8), ' '), ' ...')"));

  private static final Rule MADE_OF_A_VIDEO =
      new Rule(
          "row_outcome",
          "rows of OK and DEGRADED videos only",
          "outcome IN ('OK', 'DEGRADED')",
          "outcome");

  private static final Rule SEPARATORS =
      new Rule(
          "separator_bytes",
          "whole rows of the block's channels",
          "separator_rows IS NULL OR MOD(length(separator_rows), %s) = 0"
              .formatted(
                  TokenColumns.rowBytesSql(
                      "block.dim * coalesce(planes, 1)",
                      "if(%s > 0, '%s', block.dtype)"
                          .formatted(
                              TokenColumns.scaleBytesSql("block.dtype"), TokenFormat.F32.label()))),
          "concat(length(separator_rows), ' bytes')");

  private RowChecks() {}

  /**
   * The violations of rules of single rows and of a table's key, as {@link Violations} takes them.
   */
  static List<Dataset<Row>> of(CacheTable table, Dataset<Row> rows) {
    return List.of(broken(table, rows), duplicates(table, rows));
  }

  private static List<Rule> rules(CacheTable table) {
    return switch (table) {
      case TOKENS ->
          Stream.concat(
                  INDEX_RULES.stream(),
                  Stream.of(
                      bytes(
                          "token_bytes",
                          "tokens",
                          "token_count",
                          "dim * coalesce(planes, 1)",
                          "dtype"),
                      scales("token_count", "dtype"),
                      seconds("frames"),
                      MADE_OF_A_VIDEO))
              .toList();
      case SELECTIONS ->
          Stream.concat(
                  INDEX_RULES.stream(),
                  Stream.of(
                      new Rule(
                          "frame_budgets",
                          "one budget per frame, each in [0, 1]",
                          "size(frame_budgets) = frames AND forall(frame_budgets, b -> b >= 0 AND b <= 1)",
                          "concat(size(frame_budgets), ' budgets for ', frames, ' frames: ', array_join(slice(frame_budgets, 1, 8), ' '), ' ...')"),
                      MADE_OF_A_VIDEO))
              .toList();
      case FEATURES ->
          List.of(
              bytes(
                  "block_bytes",
                  "block.data",
                  "block.frames * block.tokens_per_frame",
                  "block.dim * coalesce(planes, 1)",
                  "block.dtype"),
              scales("block.frames * block.tokens_per_frame", "block.dtype"),
              SEPARATORS,
              seconds("block.frames"),
              MADE_OF_A_VIDEO);
      case CONTENTS ->
          List.of(new Rule("wave", "a wave counted from 0", "wave >= 0", "concat('wave ', wave)"));
      case OUTCOMES ->
          List.of(
              new Rule(
                  "outcome",
                  "OK without a reason, or DEGRADED or FAILED with one",
                  "(outcome = 'OK' AND reason IS NULL) OR (outcome IN ('DEGRADED', 'FAILED') AND reason IS NOT NULL)",
                  "concat(outcome, ' with reason ', coalesce(reason, 'NULL'))"));
      case ANSWERS ->
          List.of(
              new Rule(
                  "answer",
                  "a response without a reason, or a reason without a response",
                  "(response IS NULL) = (reason IS NOT NULL)",
                  "concat(coalesce(response, 'NULL'), ' with reason ', coalesce(reason, 'NULL'))"),
              new Rule(
                  "answer_options",
                  "a logit, a likelihood and a number of tokens for each option, and a choice among them, or none of these",
                  "(choice IS NULL AND option_logits IS NULL) OR (choice BETWEEN 0 AND size(options) - 1 AND size(option_logits) = size(options) AND size(option_log_likelihoods) = size(options) AND size(option_tokens) = size(options))",
                  "concat('choice ', coalesce(choice, 'NULL'), ' among ', coalesce(size(options), 0), ' options')"));
    };
  }

  private static Rule bytes(String name, String blob, String tokens, String dim, String dtype) {
    String expected =
        "CAST(%s AS BIGINT) * %s".formatted(tokens, TokenColumns.rowBytesSql(dim, dtype));
    return new Rule(
        name,
        "tokens * channels * bytes of the dtype",
        "length(%s) = %s".formatted(blob, expected),
        "concat(length(%s), ' bytes for ', coalesce(%s, 'an unknown dtype'))"
            .formatted(blob, expected));
  }

  private static Rule scales(String tokens, String dtype) {
    String expected =
        "CAST(%s AS BIGINT) * coalesce(planes, 1) * %s"
            .formatted(tokens, TokenColumns.scaleBytesSql(dtype));
    String found = "coalesce(length(scales), 0)";
    return new Rule(
        "scale_bytes",
        "tokens * planes * 4 bytes of int8 and fp8, none of other dtypes",
        "%s = %s".formatted(found, expected),
        "concat(%s, ' bytes for ', coalesce(%s, 'an unknown dtype'))".formatted(found, expected));
  }

  private static Rule seconds(String frames) {
    return new Rule(
        "frame_seconds",
        "one presentation time per frame, not descending",
        "size(frame_seconds) = %s AND array_sort(frame_seconds) = frame_seconds".formatted(frames),
        "concat(size(frame_seconds), ' times for ', %s, ' frames: ', array_join(slice(frame_seconds, 1, 4), ' '), ' ...')"
            .formatted(frames));
  }

  private static Dataset<Row> broken(CacheTable table, Dataset<Row> rows) {
    Column[] breaches =
        rules(table).stream()
            .map(
                rule ->
                    when(
                        coalesce(expr(rule.holds()), lit(false)).equalTo(false),
                        struct(
                            lit(table.folder() + "." + rule.name()).as("check"),
                            lit(rule.expected()).as("expected"),
                            expr(rule.found()).as("found"))))
            .toArray(Column[]::new);
    return rows.select(explode(array(breaches)).as("breach"), col("video_id"))
        .where(col("breach").isNotNull())
        .select(col("breach.*"), col("video_id"));
  }

  private static Dataset<Row> duplicates(CacheTable table, Dataset<Row> rows) {
    Column[] key = table.key().stream().map(name -> col(name)).toArray(Column[]::new);
    return rows.groupBy(key)
        .count()
        .where(col("count").gt(1))
        .select(
            lit(table.folder() + ".key").as("check"),
            lit("one row per " + table.key()).as("expected"),
            expr("concat(count, ' rows')").as("found"),
            col("video_id"));
  }
}
