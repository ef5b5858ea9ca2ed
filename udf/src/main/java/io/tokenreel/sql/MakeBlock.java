package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.DataType;

/**
 * {@code make_block(values, frames, grid_height, grid_width[, dtype])}: a token block of numbers.
 */
record MakeBlock() implements TokenFunction<BlockValues> {

  @Override
  public String name() {
    return "make_block";
  }

  @Override
  public Subject<BlockValues> subject() {
    return new ValuesSubject();
  }

  @Override
  public FunctionDoc doc() {
    return new FunctionDoc(
        "_FUNC_(values, frames, grid_height, grid_width[, dtype]) - Returns a token block, "
            + TokenSchemas.SCALED_BLOCK.catalogString()
            + ", for the other functions; dim follows from the number of values; scales are NULL, or of int8 and fp8 float32, one per token.",
        List.of(
            "values - the channels, frame by frame and row by row of a frame's grid: array<float>, or array<array<float>> with one array per token; or binary, the stored form, little-endian. Numbers of other types are taken as floats",
            "frames - how many frames, at least 1",
            "grid_height - rows of tokens in a frame",
            "grid_width - tokens in such a row",
            "dtype - how the block stores the numbers, or how binary values store them, which is without scales: "
                + TokenFormat.labels()
                + " or numpy's names "
                + TokenFormat.numpyNames()
                + "; the default is f32; a number too large for it is an error"),
        List.of(
            new FunctionDoc.Example(
                "SELECT select_tokens(_FUNC_(array(1.5, 2, 3, 4, 5, 6, 7, 8), 2, 1, 2), 'frames:keep=1/2')",
                "[0,1]"),
            new FunctionDoc.Example(
                "SELECT hex(_FUNC_(array(array(1, 2), array(3, 4)), 1, 1, 2, 'bfloat16').data)",
                "803F004040408040")));
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(
        whole("frames"),
        whole("grid_height"),
        whole("grid_width"),
        new Parameter("dtype", Parameter.Kind.STRING, TokenFormat::of));
  }

  @Override
  public int optionalParameters() {
    return 1;
  }

  @Override
  public DataType returnType() {
    return TokenSchemas.SCALED_BLOCK;
  }

  @Override
  public Object evaluate(BlockValues values, List<String> arguments) {
    BlockValues.Grid grid =
        new BlockValues.Grid(
            whole("grid_height", arguments.get(1)), whole("grid_width", arguments.get(2)));
    TokenFormat format = arguments.size() > 3 ? TokenFormat.of(arguments.get(3)) : TokenFormat.F32;
    TokenBlock block = values.block(whole("frames", arguments.get(0)), grid, format);
    TokenShape shape = block.shape();
    return Arrays.asList(
        shape.frames(),
        shape.tokensPerFrame(),
        shape.gridHeight(),
        shape.gridWidth(),
        shape.dim(),
        block.format().label(),
        block.data(),
        ScalesField.value(block.rows()));
  }

  private static Parameter whole(String name) {
    return new Parameter(name, Parameter.Kind.NUMBER, text -> whole(name, text));
  }

  private static int whole(String name, String text) {
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          "%s must be a whole number from 1 to 999999999; got %s".formatted(name, text));
    }
    return Integer.parseInt(text);
  }
}
