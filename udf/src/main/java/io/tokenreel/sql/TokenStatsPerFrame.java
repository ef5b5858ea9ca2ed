package io.tokenreel.sql;

import io.tokenreel.compress.FrameStats;
import io.tokenreel.compress.TokenStats;
import io.tokenreel.token.TokenBlock;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code token_stats(block)}: how each frame stands out. */
record TokenStatsPerFrame() implements BlockFunction {

  private static final StructType FRAME =
      new StructType()
          .add("uniqueness", DataTypes.DoubleType, false)
          .add("previous_similarity", DataTypes.DoubleType, true);

  @Override
  public String name() {
    return "token_stats";
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(block) - Returns an array with one struct per frame: uniqueness, the mean of -cos(x, g) over the frame's tokens x, where g is the mean of all tokens of the video (u_t of the VidCom2 paper); and previous_similarity, the mean cosine to the tokens at the same positions of the previous frame, NULL for the first.",
        List.of(FunctionDoc.BLOCK_ARGUMENT),
        List.of(
            SampleBlock.example(
                "transform(_FUNC_(block), frame -> round(frame.uniqueness, 3))",
                "[-0.994,-0.994,-0.994,-0.994,0.833]"),
            SampleBlock.example(
                "transform(_FUNC_(block), frame -> round(frame.previous_similarity, 3))",
                "[null,1.0,1.0,1.0,-0.817]")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of();
  }

  @Override
  public DataType returnType() {
    return DataTypes.createArrayType(FRAME, false);
  }

  @Override
  public Object evaluate(TokenBlock block, List<String> arguments) {
    return TokenStats.of(block).stream().map(TokenStatsPerFrame::struct).toArray();
  }

  private static List<Object> struct(FrameStats frame) {
    var similarity = frame.similarityToPrevious();
    return Arrays.asList(
        frame.uniqueness(), similarity.isPresent() ? similarity.getAsDouble() : null);
  }
}
