package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** {@code frame_budgets(block, spec)}: the share of each frame that a method sets out to keep. */
record FrameBudgets() implements BlockFunction {

  @Override
  public String name() {
    return "frame_budgets";
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(block, spec) - Returns the share of each frame's tokens that the compression sets out to keep, before rounding to whole tokens; for vidcom2 after its frame compression adjustment.",
        List.of(FunctionDoc.BLOCK_ARGUMENT, FunctionDoc.SPEC_ARGUMENT),
        List.of(
            SampleBlock.example("_FUNC_(block, 'none')", "[1.0,1.0,1.0,1.0,1.0]"),
            SampleBlock.example(
                "transform(_FUNC_(block, 'vidcom2:retention=0.5'), share -> round(share, 3))",
                "[0.4,0.4,0.4,0.4,0.9]")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.spec());
  }

  @Override
  public DataType returnType() {
    return DataTypes.createArrayType(DataTypes.DoubleType, false);
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    return CompressorCache.shared().of(arguments.get(0)).frameBudgets(block);
  }
}
