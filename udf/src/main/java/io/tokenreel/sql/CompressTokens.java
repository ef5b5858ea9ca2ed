package io.tokenreel.sql;

import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.token.CompressedTokens;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/** {@code compress_tokens(block, spec[, dtype])}: the tokens that a method keeps. */
record CompressTokens() implements BlockFunction {

  @Override
  public String name() {
    return "compress_tokens";
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(block, spec[, dtype]) - Returns the tokens that the compression keeps as "
            + TokenSchemas.COMPRESSED.catalogString()
            + ", where index holds each token's place in the flattened [frames * tokens_per_frame] grid and data is little-endian, row-major [size(index)][dim]; scales are NULL, or of int8 and fp8 float32, one per token and plane.",
        List.of(
            FunctionDoc.BLOCK_ARGUMENT,
            FunctionDoc.SPEC_ARGUMENT,
            "dtype - how data is stored: "
                + StoredDtype.labels()
                + "; the default is same, the block's, which copies the bytes; a number too large for it is an error"),
        List.of(
            SampleBlock.example("_FUNC_(block, 'vidcom2:retention=0.5').index", "[0,2,4,6,8,9]"),
            SampleBlock.example(
                "hex(_FUNC_(block, 'frames:keep=1/4', 'f16').data)",
                "003C00400042004400C400BC00C000C4")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        Parameter.spec(), new Parameter("dtype", Parameter.Kind.STRING, StoredDtype::parse));
  }

  @Override
  public int optionalParameters() {
    return 1;
  }

  @Override
  public DataType returnType() {
    return TokenSchemas.COMPRESSED;
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    return compress(block, arguments.get(0), format(block, arguments));
  }

  /** The compressor that a call's arguments name. */
  static TokenCompressor compressor(List<String> arguments) {
    return CompressorCache.shared().of(arguments.get(0));
  }

  /** The format that a call's arguments name, or mean by leaving it out. */
  static TokenFormat format(TokenBlock block, List<String> arguments) {
    String label = arguments.size() > 1 ? arguments.get(1) : StoredDtype.SAME;
    return StoredDtype.parse(label).orElse(block.format());
  }

  /** The fields of {@link TokenSchemas#COMPRESSED}. */
  static List<Object> compress(TokenBlock block, String spec, TokenFormat format) {
    TokenCompressor compressor = CompressorCache.shared().of(spec);
    CompressedTokens kept = block.keep(compressor.select(block), format);
    return Arrays.asList(
        kept.dim(),
        kept.format().label(),
        kept.index(),
        kept.data(),
        ScalesField.value(kept.rows()));
  }
}
