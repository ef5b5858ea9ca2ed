package io.tokenreel.stage;

import io.tokenreel.model.FedVideo;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.SourceInfo;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * How a column holds what a language model is fed of a video: all of it, with places ({@link
 * StageSchemas#FED}) or without ({@link StageSchemas#VISUAL}), or what a compression kept ({@link
 * TokenSchemas#COMPRESSED} and {@link TokenSchemas#COMPRESSION_ATTEMPT}), among which the model's
 * own rows are woven in.
 *
 * <p>Fields go by their place: between two stages Spark may hand rows on as they are, which then
 * know no field names.
 */
final class VisualColumn implements Serializable {

  private static final long serialVersionUID = 1;

  private static final List<StructType> READ =
      List.of(
          StageSchemas.FED,
          StageSchemas.VISUAL,
          TokenSchemas.COMPRESSED,
          TokenSchemas.COMPRESSION_ATTEMPT);

  /** The last field of each, which columns that were made before it do not have. */
  private static final String SCALES = "scales";

  private static final int NONE = -1;

  private static final int FRAMES = StageSchemas.FED.fieldIndex("frames");
  private static final int GRID_HEIGHT = StageSchemas.FED.fieldIndex("grid_height");
  private static final int GRID_WIDTH = StageSchemas.FED.fieldIndex("grid_width");
  private static final int PLANES = StageSchemas.FED.fieldIndex("planes");
  private static final int INDEX = StageSchemas.FED.fieldIndex("index");
  private static final int SOURCE_FRAMES = StageSchemas.FED.fieldIndex("source_frames");
  private static final int SOURCE_RATE = StageSchemas.FED.fieldIndex("source_rate");
  private static final int FRAME_INDEX = StageSchemas.FED.fieldIndex("frame_index");

  private final int place;
  private final int dim;
  private final int dtype;
  private final int data;
  private final int scales;
  private final int error;
  private final boolean placed;
  private final float[] closingRows;

  private VisualColumn(int place, StructType type, FeedLayout layout) {
    this.place = place;
    this.dim = type.fieldIndex("dim");
    this.dtype = type.fieldIndex("dtype");
    this.data = type.fieldIndex("data");
    this.scales = find(type, SCALES);
    this.error = find(type, "error");
    this.placed = find(type, "grid_height") != NONE;
    this.closingRows = placed || find(type, "index") == NONE ? new float[0] : closingRows(layout);
  }

  private static float[] closingRows(FeedLayout layout) {
    return switch (layout.kind()) {
      case PLAIN, CLOSING -> layout.rows();
      case LINE_ENDS, LINE_ENDS_IN_PLACE ->
          throw new IllegalArgumentException(
              "the model has rows of its own in every frame (%s), and kept tokens alone do not say where a frame ends: answer from the tokens of a cache"
                  .formatted(layout.kind().label()));
    };
  }

  private static int find(StructType type, String field) {
    return Arrays.asList(type.fieldNames()).indexOf(field);
  }

  /**
   * Checks a column's type.
   *
   * @throws IllegalArgumentException when it is none that can be read; the message says which can
   */
  static void require(DataType type) {
    if (READ.stream().noneMatch(read -> isOf(type, read))) {
      throw new IllegalArgumentException(
          "expected visual tokens, %s or %s, or what CompressionTransformer gives; got %s"
              .formatted(
                  StageSchemas.FED.simpleString(),
                  StageSchemas.VISUAL.simpleString(),
                  type.simpleString()));
    }
  }

  private static boolean isOf(DataType type, StructType read) {
    StructField[] before =
        Arrays.stream(read.fields())
            .filter(field -> !field.name().equals(SCALES))
            .toArray(StructField[]::new);
    return DataType.equalsIgnoreNullability(type, read)
        || DataType.equalsIgnoreNullability(type, new StructType(before));
  }

  /**
   * A column of one of these types.
   *
   * @param layout the model's own rows, for what a compression kept
   * @throws IllegalArgumentException when its type is none that can be read, or the layout needs
   *     more than kept tokens say
   */
  static VisualColumn of(StructType schema, int place, FeedLayout layout) {
    DataType type = schema.apply(place).dataType();
    require(type);
    return new VisualColumn(place, (StructType) type, layout);
  }

  /** A row's tokens; null where there are none. */
  Row value(Row row) {
    return row.isNullAt(place) ? null : row.getStruct(place);
  }

  /** Why a compression kept nothing of a video's tokens; null where it did not refuse them. */
  String refusal(Row value) {
    return error == NONE ? null : value.getString(error);
  }

  /**
   * What is fed; the model's own rows are rounded as they are at rest.
   *
   * @param modelDim channels of the language model's tokens
   * @throws IllegalArgumentException when the tokens are another model's
   */
  FedVideo video(Row value, int modelDim) {
    int rowDim = value.getInt(dim);
    if (placed && !value.isNullAt(PLANES)) {
      rowDim *= value.getInt(PLANES);
    }
    float[] rows = rows(value, rowDim, modelDim);
    return new FedVideo(
        rows, modelDim, rowDim / modelDim, placed ? Optional.of(places(value)) : Optional.empty());
  }

  private FedVideo.Places places(Row value) {
    boolean timed = !value.isNullAt(SOURCE_RATE) && !value.isNullAt(FRAME_INDEX);
    return new FedVideo.Places(
        new TokenShape(
            value.getInt(FRAMES),
            value.getInt(GRID_HEIGHT),
            value.getInt(GRID_WIDTH),
            value.getInt(dim)),
        StructArrays.ints(value, INDEX),
        timed
            ? Optional.of(
                new SourceTimes(
                    new SourceInfo(value.getInt(SOURCE_FRAMES), value.getDouble(SOURCE_RATE)),
                    StructArrays.ints(value, FRAME_INDEX)))
            : Optional.empty());
  }

  private float[] rows(Row value, int rowDim, int modelDim) {
    TokenFormat stored = TokenFormat.of(value.getString(dtype));
    byte[] bytes = (byte[]) value.get(data);
    if (rowDim % modelDim != 0 || bytes.length % stored.bytes(rowDim) != 0) {
      throw new IllegalArgumentException(
          "visual tokens must be whole rows of %d channels, as the language model is fed; got %d bytes of %s in rows of %d: answer with the model that encoded them"
              .formatted(modelDim, bytes.length, stored, rowDim));
    }
    boolean scaled = scales != NONE && !value.isNullAt(scales);
    byte[] keptScales = scaled ? (byte[]) value.get(scales) : StoredRows.NO_SCALES;
    float[] kept = new StoredRows(stored, modelDim, bytes, keptScales).decode();
    float[] closing = StoredRows.of(stored, modelDim, closingRows).decode();
    float[] tokens = Arrays.copyOf(kept, kept.length + closing.length);
    System.arraycopy(closing, 0, tokens, kept.length, closing.length);
    return tokens;
  }
}
