package io.tokenreel.cache;

import io.tokenreel.sql.TokenSchemas;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of the cache's tables, in order, each with the sentence that explains it: the tables
 * of docs/tables.md are printed from here, and Spark stores the sentences in the files as column
 * comments.
 */
public final class CacheSchema {

  /** Key of a column's comment in its {@link StructField#metadata()}; Spark's own name for it. */
  public static final String COMMENT = "comment";

  private static final StructField VIDEO_ID =
      required(VideoContent.ID, DataTypes.StringType, "the video's id, unique in its manifest");
  private static final StructField VIDEO_URI =
      required("video_uri", DataTypes.StringType, "where the video was read from");
  private static final StructField CONTENT_SHA256 =
      required(
          VideoContent.SHA256, DataTypes.StringType, "lower-case hex digest of the file's bytes");
  private static final StructField ENCODER =
      required(
          EncodingSetting.ENCODER,
          DataTypes.StringType,
          "the vision tower, family@revision: the same for the same settings and weights, wherever they lie");
  private static final StructField MODEL_NAME =
      optional(
          "model_name",
          DataTypes.StringType,
          "the checkpoint's readable name: its folder's, or its repository's in a hub's cache; NULL in rows that were written without it");
  private static final StructField LAYOUT =
      optional(
          "layout",
          DataTypes.StringType,
          "where the model's own rows stand among kept tokens: plain, closing, line-ends or line-ends-in-place; NULL in rows that were written without it, which are closing where there are such rows");
  private static final StructField PLANES =
      optional(
          "planes",
          DataTypes.IntegerType,
          "planes of a token, each of dim channels: its own, and those of the levels that a model such as Qwen3-VL adds to its layers; NULL in rows that were written without it, which have 1");
  private static final StructField SOURCE_FRAMES =
      optional(
          "source_frames",
          DataTypes.IntegerType,
          "frames of the video, before sampling; NULL in rows that were written without it");
  private static final StructField SOURCE_RATE =
      optional(
          "source_rate",
          DataTypes.DoubleType,
          "average rate of the video, frames per second; NULL in rows that were written without it");
  private static final StructField FRAME_INDEX =
      optional(
          "frame_index",
          arrayOf(DataTypes.IntegerType),
          "the number in the video of each sampled frame, from 0; NULL in rows that were written without it");
  private static final StructField SCALES =
      optional(
          "scales",
          DataTypes.BinaryType,
          "of int8 and fp8, float32 per token and plane, in the tokens' order, little-endian: a channel is its code times the scale; NULL for other dtypes and in rows that were written without it");
  private static final StructField SAMPLING =
      required(
          EncodingSetting.SAMPLING,
          DataTypes.StringType,
          "the frame sampling spec, canonical, such as uniform:frames=32");
  private static final StructField COMPRESSION =
      required(
          CacheKey.COMPRESSION,
          DataTypes.StringType,
          "the compression spec, canonical, such as vidcom2:retention=0.25");
  private static final StructField FRAMES =
      required(
          "frames",
          DataTypes.IntegerType,
          "steps of the video's grid, T: sampled frames, or temporal patches of a model that takes several frames together");
  private static final StructField GRID_HEIGHT =
      required("grid_height", DataTypes.IntegerType, "rows of a frame's grid");
  private static final StructField GRID_WIDTH =
      required("grid_width", DataTypes.IntegerType, "columns of a frame's grid");
  private static final StructField TOKENS_PER_FRAME =
      required("tokens_per_frame", DataTypes.IntegerType, "tokens of a frame's grid, M");
  private static final StructField DIM =
      required("dim", DataTypes.IntegerType, "channels of a token, D");
  private static final StructField DTYPE =
      required(
          "dtype", DataTypes.StringType, "how a channel is stored: f32, f16, bf16, int8 or fp8");
  private static final StructField TOKEN_COUNT =
      required("token_count", DataTypes.IntegerType, "tokens in this row");
  private static final StructField TOKEN_INDEX =
      required(
          "token_index",
          arrayOf(DataTypes.IntegerType),
          "per token its place t*M+m in the grid, ascending; -1 for a separator row that the model adds");
  private static final StructField FRAME_SECONDS =
      required(
          "frame_seconds",
          arrayOf(DataTypes.DoubleType),
          "presentation time of each step's first frame, [T], seconds from the video's first frame");
  private static final StructField OUTCOME =
      required("outcome", DataTypes.StringType, "OK, or DEGRADED when the video was damaged");
  private static final StructField WRITER_VERSION =
      required("writer_version", DataTypes.StringType, "the version that wrote the row");
  private static final StructField CREATED_AT =
      required("created_at", DataTypes.TimestampType, "when the row was computed, UTC");

  /** One row per video, encoder, sampling and compression: what a language model is fed. */
  public static final StructType TOKENS =
      new StructType(
          new StructField[] {
            VIDEO_ID,
            VIDEO_URI,
            CONTENT_SHA256,
            ENCODER,
            SAMPLING,
            COMPRESSION,
            FRAMES,
            GRID_HEIGHT,
            GRID_WIDTH,
            TOKENS_PER_FRAME,
            DIM,
            DTYPE,
            TOKEN_COUNT,
            TOKEN_INDEX,
            required(
                "tokens",
                DataTypes.BinaryType,
                "the tokens [token_count][planes][dim], little-endian, row-major, separator rows included"),
            FRAME_SECONDS,
            OUTCOME,
            WRITER_VERSION,
            CREATED_AT,
            MODEL_NAME,
            LAYOUT,
            PLANES,
            SOURCE_FRAMES,
            SOURCE_RATE,
            FRAME_INDEX,
            SCALES
          });

  /** One row per video, encoder and sampling: the whole grid, for later sweeps. */
  public static final StructType FEATURES =
      new StructType(
          new StructField[] {
            VIDEO_ID,
            VIDEO_URI,
            CONTENT_SHA256,
            ENCODER,
            SAMPLING,
            required(
                "block",
                TokenSchemas.BLOCK,
                "every token of the video, before compression; data is [frames][tokens_per_frame][planes][dim], little-endian, row-major"),
            optional(
                "separator_rows",
                DataTypes.BinaryType,
                "rows [n][dim] that the model adds among visual tokens as the layout says, dtype of the block, or f32 where that is int8 or fp8; NULL for none"),
            FRAME_SECONDS,
            OUTCOME,
            WRITER_VERSION,
            CREATED_AT,
            MODEL_NAME,
            LAYOUT,
            PLANES,
            SOURCE_FRAMES,
            SOURCE_RATE,
            FRAME_INDEX,
            SCALES
          });

  /** One row per video, encoder, sampling and compression: which tokens were kept, no tokens. */
  public static final StructType SELECTIONS =
      new StructType(
          new StructField[] {
            VIDEO_ID,
            VIDEO_URI,
            CONTENT_SHA256,
            ENCODER,
            SAMPLING,
            COMPRESSION,
            FRAMES,
            GRID_HEIGHT,
            GRID_WIDTH,
            TOKENS_PER_FRAME,
            TOKEN_COUNT,
            TOKEN_INDEX,
            required(
                "frame_budgets",
                arrayOf(DataTypes.DoubleType),
                "share of each frame's tokens that the method set out to keep"),
            OUTCOME,
            WRITER_VERSION,
            CREATED_AT,
            MODEL_NAME
          });

  /** One row per video and wave in which its bytes were first seen, or seen again after others. */
  public static final StructType CONTENTS =
      new StructType(
          new StructField[] {
            VIDEO_ID,
            required(
                VideoContent.SHA256,
                DataTypes.StringType,
                "digest of the bytes that the video had as of this wave"),
            required(
                "wave",
                DataTypes.LongType,
                "number of the commit; of a video's rows the one with the highest is current")
          });

  /** One row per input video and run: what became of it. */
  public static final StructType OUTCOMES =
      new StructType(
          new StructField[] {
            required("run_id", DataTypes.StringType, "the run, named in runs/"),
            VIDEO_ID,
            VIDEO_URI,
            required("outcome", DataTypes.StringType, "OK, DEGRADED or FAILED"),
            optional("reason", DataTypes.StringType, "one of a closed list; NULL when OK"),
            optional("detail", DataTypes.StringType, "one line for a person; NULL when OK"),
            optional(
                VideoContent.SHA256,
                DataTypes.StringType,
                "lower-case hex digest of the file's bytes; NULL when it could not be read"),
            required("input_bytes", DataTypes.LongType, "bytes read from the file"),
            required("frames_decoded", DataTypes.LongType, "frames that came out of the decoder"),
            required("decode_errors", DataTypes.LongType, "errors that demuxer and decoder met"),
            optional("decode_ms", DataTypes.LongType, "wall time of decoding; NULL when not done"),
            optional("encode_ms", DataTypes.LongType, "wall time of encoding; NULL when not done"),
            optional(
                "compress_ms", DataTypes.LongType, "wall time of compressing; NULL when not done"),
            required("attempts", DataTypes.IntegerType, "decoders that were tried"),
            CREATED_AT
          });

  private CacheSchema() {}

  /**
   * Checks a manifest's own columns, which follow a table's fixed columns.
   *
   * @throws IllegalArgumentException when a name (whatever its case) is that of a fixed column of
   *     any table that takes them; the message lists the clashes and the fixed names
   */
  public static void checkPassthrough(StructType columns) {
    List<String> fixed = fixedNames();
    List<String> clashes =
        Arrays.stream(columns.fieldNames())
            .filter(name -> fixed.stream().anyMatch(name::equalsIgnoreCase))
            .toList();
    if (!clashes.isEmpty()) {
      throw new IllegalArgumentException(
          "manifest columns "
              + clashes
              + " have the names of cache columns; rename them in the manifest. The cache's own names are "
              + fixed);
    }
  }

  /** Names of the fixed columns of the tables that take a manifest's own, sorted, each once. */
  public static List<String> fixedNames() {
    return Stream.of(TOKENS, FEATURES, SELECTIONS, OUTCOMES)
        .flatMap(schema -> Arrays.stream(schema.fieldNames()))
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * The schema under which rows are written: the fixed columns, then those that pass through, which
   * may be NULL.
   *
   * @throws IllegalArgumentException when a fixed column is missing or of another type
   */
  public static StructType written(CacheTable table, StructType rows) {
    List<StructField> fields = new ArrayList<>(Arrays.asList(table.schema().fields()));
    for (StructField expected : table.schema().fields()) {
      int found = Arrays.asList(rows.fieldNames()).indexOf(expected.name());
      DataType type = found < 0 ? null : rows.fields()[found].dataType();
      if (type == null || !DataType.equalsIgnoreNullability(type, expected.dataType())) {
        throw new IllegalArgumentException(
            "rows for %s/ must have a column %s of type %s; found %s"
                .formatted(
                    table.folder(),
                    expected.name(),
                    expected.dataType().catalogString(),
                    type == null ? "the columns " + List.of(rows.fieldNames()) : type));
      }
    }
    for (StructField field : rows.fields()) {
      if (!Arrays.asList(table.schema().fieldNames()).contains(field.name())) {
        fields.add(new StructField(field.name(), field.dataType(), true, field.metadata()));
      }
    }
    return new StructType(fields.toArray(new StructField[0]));
  }

  static ArrayType arrayOf(DataType element) {
    return DataTypes.createArrayType(element, false);
  }

  static StructField required(String name, DataType type, String comment) {
    return new StructField(name, type, false, commented(comment));
  }

  static StructField optional(String name, DataType type, String comment) {
    return new StructField(name, type, true, commented(comment));
  }

  private static Metadata commented(String comment) {
    return new MetadataBuilder().putString(COMMENT, comment).build();
  }
}
