package io.tokenreel.sql;

import static org.apache.spark.sql.functions.lit;

import io.tokenreel.token.Kept;
import io.tokenreel.token.TokenFormat;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;

/**
 * The token functions as Columns, for Java programs. They need no session extension; block columns
 * have the fields of {@link TokenSchemas#BLOCK} among others.
 */
public final class TokenColumns {

  private TokenColumns() {}

  /** The kept indices, {@code array<int>}, in the order of a {@link Kept}. */
  public static Column selectTokens(Column block, String spec) {
    return TokenExpression.column(new SelectTokens(), List.of(block, lit(spec)));
  }

  /**
   * The kept tokens, {@link TokenSchemas#COMPRESSED}.
   *
   * @param dtype one of {@link StoredDtype#labels}
   */
  public static Column compressTokens(Column block, String spec, String dtype) {
    return TokenExpression.column(new CompressTokens(), List.of(block, lit(spec), lit(dtype)));
  }

  /**
   * As {@link #compressTokens}, but a block that the method refuses gives a row that says why, not
   * an error, and each call is accounted for: {@link TokenSchemas#COMPRESSION_ATTEMPT}.
   */
  public static Column tryCompressTokens(Column block, String spec, String dtype) {
    return TokenExpression.column(
        new TryCompressTokens(new CompressTokens()), List.of(block, lit(spec), lit(dtype)));
  }

  /** The share of each frame that the compression sets out to keep, {@code array<double>}. */
  public static Column frameBudgets(Column block, String spec) {
    return TokenExpression.column(new FrameBudgets(), List.of(block, lit(spec)));
  }

  /**
   * SQL for the bytes of a row of tokens without its scales, {@code bigint}; NULL for an unknown
   * dtype.
   *
   * @param dim SQL for the channels of a row, such as the name of a column
   * @param dtype SQL for a format's label
   */
  public static String rowBytesSql(String dim, String dtype) {
    return "(%s * %s)".formatted(dim, byFormat(dtype, format -> format.bytes(1)));
  }

  /**
   * SQL for the bytes of a plane's scale, {@code bigint}; NULL for an unknown dtype.
   *
   * @param dtype SQL for a format's label
   */
  public static String scaleBytesSql(String dtype) {
    return byFormat(dtype, TokenFormat::scaleBytes);
  }

  private static String byFormat(String dtype, ToIntFunction<TokenFormat> bytes) {
    return Arrays.stream(TokenFormat.values())
        .map(each -> "WHEN '%s' THEN %dL".formatted(each.label(), bytes.applyAsInt(each)))
        .collect(Collectors.joining(" ", "CASE %s ".formatted(dtype), " END"));
  }

  /** Uniqueness and similarity to the previous frame, an array of one struct per frame. */
  public static Column tokenStats(Column block) {
    return TokenExpression.column(new TokenStatsPerFrame(), List.of(block));
  }

  /**
   * A token block of numbers, {@link TokenSchemas#SCALED_BLOCK}, stored as floats.
   *
   * @param values {@code array<float>}, {@code array<array<float>>} or binary
   */
  public static Column makeBlock(Column values, int frames, int gridHeight, int gridWidth) {
    return TokenExpression.column(
        new MakeBlock(), List.of(values, lit(frames), lit(gridHeight), lit(gridWidth)));
  }

  /** The tokens of a {@link TokenSchemas#COMPRESSED} or a block, {@code array<array<float>>}. */
  public static Column tokenValues(Column compressed) {
    return TokenExpression.column(new TokenValues(), List.of(compressed));
  }
}
