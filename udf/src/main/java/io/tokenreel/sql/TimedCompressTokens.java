package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * {@code compress_tokens} with the wall time of each call in its result, for jobs that account for
 * it. Not in the catalogue: a function whose result differs from call to call is nothing to query
 * with.
 */
record TimedCompressTokens(CompressTokens compressTokens) implements TokenFunction {

  @Override
  public String name() {
    return compressTokens.name();
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
    return TokenSchemas.COMPRESSED_TIMED;
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    long start = System.nanoTime();
    List<Object> fields = new ArrayList<>((List<?>) compressTokens.evaluate(block, arguments));
    fields.add((System.nanoTime() - start) / 1_000_000);
    return fields;
  }
}
