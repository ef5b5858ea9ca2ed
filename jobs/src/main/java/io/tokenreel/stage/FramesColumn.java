package io.tokenreel.stage;

import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Frames;
import io.tokenreel.video.SourceInfo;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The column of decoded videos, {@link StageSchemas#FRAMES}: it alone writes and reads the struct.
 *
 * <p>Fields go by their place: between two stages Spark may hand rows on as they are, which then
 * know no field names.
 */
final class FramesColumn {

  private static final StructType TYPE = StageSchemas.FRAMES;

  private static final int HEIGHT = TYPE.fieldIndex("height");
  private static final int WIDTH = TYPE.fieldIndex("width");
  private static final int PTS = TYPE.fieldIndex("pts_micros");
  private static final int RGB = TYPE.fieldIndex("rgb");
  private static final int SOURCE_FRAMES = TYPE.fieldIndex("source_frames");
  private static final int SOURCE_RATE = TYPE.fieldIndex("source_rate");
  private static final int FRAME_INDEX = TYPE.fieldIndex("frame_index");

  /** Fields of the first version, in the same places. */
  private static final int FIRST_FIELDS = RGB + 1;

  private FramesColumn() {}

  /**
   * Whether a column holds the struct, of this version or of one before, which lacks fields at the
   * end. Nullability is not compared: a file that was read back has nullable fields.
   */
  static boolean is(DataType type) {
    if (!(type instanceof StructType struct)
        || struct.length() < FIRST_FIELDS
        || struct.length() > TYPE.length()) {
      return false;
    }
    return IntStream.range(0, struct.length())
        .allMatch(i -> isSameButForNulls(struct.fields()[i], TYPE.fields()[i]));
  }

  private static boolean isSameButForNulls(StructField left, StructField right) {
    return left.name().equals(right.name())
        && left.dataType().catalogString().equals(right.dataType().catalogString());
  }

  /** The struct of a video, sharing its frames. */
  static Row toRow(DecodedVideo video) {
    Frames frames = video.frames();
    return RowFactory.create(
        video.outcome().name(),
        video.reason() == null ? null : video.reason().label(),
        video.detail(),
        video.contentSha256(),
        video.inputBytes(),
        video.framesDecoded(),
        video.decodeErrors(),
        video.decodeMillis(),
        video.attempts(),
        frames == null ? null : frames.size().height(),
        frames == null ? null : frames.size().width(),
        frames == null ? null : frames.ptsMicros(),
        frames == null ? null : frames.rgb(),
        frames == null ? null : frames.source().frames(),
        frames == null ? null : frames.source().rate(),
        frames == null ? null : frames.frameIndex());
  }

  /**
   * The frames of a struct, sharing its bytes; empty for a video without. Rows of the first version
   * do not know the source: it has the sampled frames then, one a second.
   */
  static Optional<Frames> frames(Row struct) {
    if (struct.isNullAt(RGB)) {
      return Optional.empty();
    }
    long[] micros = StructArrays.longs(struct, PTS);
    boolean known = struct.length() > FIRST_FIELDS && !struct.isNullAt(SOURCE_RATE);
    return Optional.of(
        new Frames(
            new FrameSize(struct.getInt(HEIGHT), struct.getInt(WIDTH)),
            (byte[]) struct.get(RGB),
            micros,
            known
                ? StructArrays.ints(struct, FRAME_INDEX)
                : IntStream.range(0, micros.length).toArray(),
            known
                ? new SourceInfo(struct.getInt(SOURCE_FRAMES), struct.getDouble(SOURCE_RATE))
                : new SourceInfo(micros.length, 1)));
  }
}
