package io.tokenreel.stage;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The struct columns that the stages hand on. */
public final class StageSchemas {

  /**
   * What one video decoded to. {@code rgb} is uint8 {@code [frames][height][width][3]}, {@code
   * pts_micros} {@code [frames]}; these and the size are NULL when the outcome is FAILED.
   */
  public static final StructType FRAMES =
      new StructType()
          .add("outcome", DataTypes.StringType, false)
          .add("reason", DataTypes.StringType)
          .add("detail", DataTypes.StringType)
          .add("content_sha256", DataTypes.StringType)
          .add("input_bytes", DataTypes.LongType, false)
          .add("frames_decoded", DataTypes.LongType, false)
          .add("decode_errors", DataTypes.LongType, false)
          .add("decode_ms", DataTypes.LongType, false)
          .add("attempts", DataTypes.IntegerType, false)
          .add("height", DataTypes.IntegerType)
          .add("width", DataTypes.IntegerType)
          .add("pts_micros", DataTypes.createArrayType(DataTypes.LongType, false))
          .add("rgb", DataTypes.BinaryType);

  /**
   * What encoding one video came to, beside its tokens; NULL where there were no frames. {@code
   * error} says why there are no tokens, {@code separator_rows} are the rows that the model adds
   * after the last frame, {@code [rows][dim]} in the tokens' dtype, NULL for a model that adds
   * none.
   */
  public static final StructType ENCODING =
      new StructType()
          .add("encoder", DataTypes.StringType, false)
          .add("error", DataTypes.StringType)
          .add("encode_ms", DataTypes.LongType, false)
          .add("separator_rows", DataTypes.BinaryType);

  private StageSchemas() {}
}
