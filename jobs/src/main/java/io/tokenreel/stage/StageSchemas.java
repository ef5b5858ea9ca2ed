package io.tokenreel.stage;

import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The struct columns that the stages hand on. */
public final class StageSchemas {

  /**
   * What one video decoded to. {@code rgb} is uint8 {@code [frames][height][width][3]}; {@code
   * pts_micros} and {@code frame_index}, which of the source's frames each one is, are {@code
   * [frames]}. {@code source_frames} and {@code source_rate}, in frames per second, are of the
   * source. All these and the size are NULL when the outcome is FAILED.
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
          .add("rgb", DataTypes.BinaryType)
          .add("source_frames", DataTypes.IntegerType)
          .add("source_rate", DataTypes.DoubleType)
          .add("frame_index", DataTypes.createArrayType(DataTypes.IntegerType, false));

  /**
   * What encoding one video came to, beside its tokens; NULL where there were no frames. {@code
   * error} says why there are no tokens, and {@code reason} in a word ({@link
   * io.tokenreel.video.Reason}), {@code separator_rows} are the rows that the model adds among the
   * tokens, {@code [rows][dim]} in their dtype, or f32 where that has scales; NULL for a model that
   * adds none; {@code layout} says where ({@link io.tokenreel.token.FeedLayout.Kind}).
   */
  public static final StructType ENCODING =
      new StructType()
          .add("encoder", DataTypes.StringType, false)
          .add("error", DataTypes.StringType)
          .add("encode_ms", DataTypes.LongType, false)
          .add("separator_rows", DataTypes.BinaryType)
          .add("reason", DataTypes.StringType)
          .add("layout", DataTypes.StringType, false);

  /**
   * What a language model is fed of one video, with the rows' places in it: {@code data} is {@code
   * [rows][planes][dim]}, {@code planes} NULL for one, {@code index} of each row its place {@code t
   * * M + m} in the grid or -1 for one of the model's own. {@code scales} are {@code
   * [rows][planes]} of float32, NULL for a dtype without. The source's length, rate and the numbers
   * of the frames taken are NULL where they were not kept.
   */
  public static final StructType FED =
      new StructType()
          .add("frames", DataTypes.IntegerType, false)
          .add("grid_height", DataTypes.IntegerType, false)
          .add("grid_width", DataTypes.IntegerType, false)
          .add("dim", DataTypes.IntegerType, false)
          .add("planes", DataTypes.IntegerType)
          .add("dtype", DataTypes.StringType, false)
          .add("index", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("data", DataTypes.BinaryType, false)
          .add("source_frames", DataTypes.IntegerType)
          .add("source_rate", DataTypes.DoubleType)
          .add("frame_index", DataTypes.createArrayType(DataTypes.IntegerType, false))
          .add("scales", DataTypes.BinaryType);

  /**
   * The rows that a language model is fed of one video, without their places: {@code data} is
   * {@code [tokens][dim]}, {@code scales} are {@code [tokens][planes]} of float32, NULL for a dtype
   * without.
   */
  public static final StructType VISUAL =
      new StructType()
          .add("dim", DataTypes.IntegerType, false)
          .add("dtype", DataTypes.StringType, false)
          .add("data", DataTypes.BinaryType, false)
          .add("scales", DataTypes.BinaryType);

  /** The questions about one video; {@code options} is NULL or empty for an open one. */
  public static final ArrayType QUESTIONS =
      DataTypes.createArrayType(
          new StructType()
              .add("question_id", DataTypes.StringType, false)
              .add("question", DataTypes.StringType, false)
              .add("options", DataTypes.createArrayType(DataTypes.StringType, false)),
          false);

  /**
   * What became of the questions about one video, in their order; NULL where there were no tokens
   * or no questions. {@code error} says why there is no answer, and all but the id is NULL then.
   */
  public static final ArrayType ANSWERS =
      DataTypes.createArrayType(
          new StructType()
              .add("question_id", DataTypes.StringType)
              .add("prompt", DataTypes.StringType)
              .add("response", DataTypes.StringType)
              .add("choice", DataTypes.IntegerType)
              .add("option_logits", DataTypes.createArrayType(DataTypes.FloatType, false))
              .add("option_log_likelihoods", DataTypes.createArrayType(DataTypes.DoubleType, false))
              .add("option_tokens", DataTypes.createArrayType(DataTypes.IntegerType, false))
              .add("visual_tokens", DataTypes.IntegerType)
              .add("prompt_tokens", DataTypes.IntegerType)
              .add("new_tokens", DataTypes.IntegerType)
              .add("prefill_ms", DataTypes.DoubleType)
              .add("decode_ms", DataTypes.DoubleType)
              .add("kv_bytes_peak", DataTypes.LongType)
              .add("kv_bytes_end", DataTypes.LongType)
              .add("kv_device", DataTypes.StringType)
              .add("kv_reserve_bytes_peak", DataTypes.LongType)
              .add("kv_reserve_bytes_end", DataTypes.LongType)
              .add("kv_reserve_device", DataTypes.StringType)
              .add("error", DataTypes.StringType),
          false);

  /** Place of {@code error} in an answer. */
  static final int ANSWER_ERROR = ((StructType) ANSWERS.elementType()).fieldIndex("error");

  private StageSchemas() {}
}
