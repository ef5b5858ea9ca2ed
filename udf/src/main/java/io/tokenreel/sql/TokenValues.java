package io.tokenreel.sql;

import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** {@code token_values(compressed)}: stored tokens as floats. */
record TokenValues() implements TokenFunction<StoredTokens> {

  @Override
  public String name() {
    return "token_values";
  }

  @Override
  public Subject<StoredTokens> subject() {
    return new StoredTokensSubject();
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(compressed) - Returns the tokens as array<array<float>>, one array of dim channels per token, in their order: exact, and of int8 and fp8 each code times its scale in float32.",
        List.of(
            "compressed - what compress_tokens returns, a token block, or any struct with dim int, dtype string and data binary, and of int8 and fp8 scales binary; fields are found by name; data is little-endian, row-major [tokens][dim]"),
        List.of(
            SampleBlock.example(
                "_FUNC_(compress_tokens(block, 'frames:keep=1/4'))",
                "[[1.0,2.0],[3.0,4.0],[-4.0,-1.0],[-2.0,-4.0]]"),
            new FunctionDoc.Example(
                "SELECT _FUNC_(make_block(array(1.5, 2, 3, 4), 1, 1, 2))",
                "[[1.5,2.0],[3.0,4.0]]")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public DataType returnType() {
    return DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType, false), false);
  }

  @Override
  public Object evaluate(StoredTokens tokens, List<String> arguments) {
    return tokens.decode();
  }
}
