package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/** {@code vidcom2(block, retention)}, short for compress_tokens with that one setting. */
record VidCom2Tokens() implements BlockFunction {

  @Override
  public String name() {
    return "vidcom2";
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(block, retention) - Returns the tokens that VidCom2 (arXiv 2505.14454) keeps: compress_tokens(block, 'vidcom2:retention=...').",
        List.of(
            FunctionDoc.BLOCK_ARGUMENT,
            "retention - the share of the tokens to keep, above 0 and at most 1"),
        List.of(SampleBlock.example("_FUNC_(block, 0.5).index", "[0,2,4,6,8,9]")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter(
            "retention",
            Parameter.Kind.NUMBER,
            retention -> CompressorCache.shared().of(spec(retention))));
  }

  @Override
  public DataType returnType() {
    return TokenSchemas.COMPRESSED;
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    return CompressTokens.compress(block, spec(arguments.get(0)), block.format());
  }

  private static String spec(String retention) {
    return "vidcom2:retention=" + retention;
  }
}
