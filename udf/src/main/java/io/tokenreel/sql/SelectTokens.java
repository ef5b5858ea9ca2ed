package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** {@code select_tokens(block, spec)}: which tokens a method keeps. */
record SelectTokens() implements BlockFunction {

  @Override
  public String name() {
    return "select_tokens";
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(block, spec) - Returns the indices of the tokens that the compression keeps, into the flattened [frames * tokens_per_frame] grid, ascending.",
        List.of(FunctionDoc.BLOCK_ARGUMENT, FunctionDoc.SPEC_ARGUMENT),
        List.of(
            SampleBlock.example("_FUNC_(block, 'none')", "[0,1,2,3,4,5,6,7,8,9]"),
            SampleBlock.example("_FUNC_(block, 'vidcom2:retention=0.5')", "[0,2,4,6,8,9]")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.spec());
  }

  @Override
  public DataType returnType() {
    return DataTypes.createArrayType(DataTypes.IntegerType, false);
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    return CompressorCache.shared().of(arguments.get(0)).select(block).places();
  }
}
