package io.tokenreel.sql;

import io.tokenreel.compress.BudgetedKept;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * {@code compress_tokens} for jobs, which keep account of each call and must outlive a block that a
 * method refuses: {@link TokenSchemas#COMPRESSION_ATTEMPT}.
 *
 * <p>Not in the catalogue: a function whose result differs from call to call is nothing to query
 * with.
 */
record TryCompressTokens(CompressTokens compressTokens) implements BlockFunction {

  @Override
  public String name() {
    return "try_" + compressTokens.name();
  }

  @Override
  public FunctionDoc doc() {
    return compressTokens.doc();
  }

  @Override
  public List<Parameter> parameters() {
    return compressTokens.parameters();
  }

  @Override
  public int optionalParameters() {
    return compressTokens.optionalParameters();
  }

  @Override
  public DataType returnType() {
    return TokenSchemas.COMPRESSION_ATTEMPT;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException for an argument that is refused whatever the block
   */
  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    TokenCompressor compressor = CompressTokens.compressor(arguments);
    TokenFormat format = CompressTokens.format(block, arguments);
    long start = System.nanoTime();
    try {
      BudgetedKept kept = compressor.selectWithBudgets(block);
      CompressedTokens tokens = block.keep(kept.kept(), format);
      return Arrays.asList(
          tokens.dim(),
          tokens.format().label(),
          tokens.index(),
          tokens.data(),
          kept.frameBudgets(),
          null,
          millisSince(start),
          ScalesField.value(tokens.rows()));
    } catch (IllegalArgumentException e) {
      String error = "%s: %s".formatted(arguments.get(0), e.getMessage());
      return Arrays.asList(null, null, null, null, null, error, millisSince(start), null);
    }
  }

  private static long millisSince(long startNanos) {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }
}
