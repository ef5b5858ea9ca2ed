package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/** {@code dycoke(block, prune)}, short for compress_tokens with that one setting. */
record DyCokeTokens() implements BlockFunction {

  @Override
  public String name() {
    return "dycoke";
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(block, prune) - Returns the tokens that DyCoke's temporal merging (arXiv 2411.15024) keeps: compress_tokens(block, 'dycoke:prune=...').",
        List.of(
            FunctionDoc.BLOCK_ARGUMENT,
            "prune - the share of tokens to drop from each pruned frame, from 0 to 1"),
        List.of(SampleBlock.example("_FUNC_(block, 0.5).index", "[0,1,2,4,6]")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        new Parameter(
            "prune", Parameter.Kind.NUMBER, prune -> CompressorCache.shared().of(spec(prune))));
  }

  @Override
  public DataType returnType() {
    return TokenSchemas.COMPRESSED;
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    return CompressTokens.compress(block, spec(arguments.get(0)), block.format());
  }

  private static String spec(String prune) {
    return "dycoke:prune=" + prune;
  }
}
