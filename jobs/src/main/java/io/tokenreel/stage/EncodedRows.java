package io.tokenreel.stage;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.token.TokenFormat;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows with frames in, the same rows with tokens out, in order. A batch fills up across videos, and
 * only the last one of a task is short; a video without frames passes through.
 *
 * <p>What waits for a batch to fill is bounded: fewer frames than a batch has, the other frames of
 * the video that the first of them belongs to, and {@value #MOST_WAITING} rows.
 */
final class EncodedRows implements Iterator<Row> {

  private static final int HEIGHT = StageSchemas.FRAMES.fieldIndex("height");
  private static final int WIDTH = StageSchemas.FRAMES.fieldIndex("width");
  private static final int RGB = StageSchemas.FRAMES.fieldIndex("rgb");

  /** Of many videos without frames in a row, none shall wait for long. */
  private static final int MOST_WAITING = 256;

  private final Iterator<Row> rows;
  private final int framesColumn;
  private final VisionTower tower;
  private final TokenFormat format;
  private final StageCounters counters;
  private final FrameBatch batch;
  private final Deque<Clip> waiting = new ArrayDeque<>();

  EncodedRows(
      Iterator<Row> rows,
      int framesColumn,
      VisionTower tower,
      int batchFrames,
      TokenFormat format,
      StageCounters counters) {
    this.rows = rows;
    this.framesColumn = framesColumn;
    this.tower = tower;
    this.format = format;
    this.counters = counters;
    this.batch = new FrameBatch(tower, batchFrames);
  }

  @Override
  public boolean hasNext() {
    while (!isFirstDone() && rows.hasNext()) {
      take(rows.next());
    }
    if (!isFirstDone()) {
      batch.encode();
    }
    return !waiting.isEmpty();
  }

  private boolean isFirstDone() {
    return !waiting.isEmpty() && waiting.element().isDone();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return finished(waiting.remove());
  }

  private void take(Row row) {
    Clip clip = new Clip(row, rgb(row.getStruct(framesColumn)), tower.info());
    waiting.add(clip);
    int first = 0;
    while (first < clip.frames() && !clip.isFailed()) {
      int count = Math.min(batch.room(), clip.frames() - first);
      batch.add(clip, first, count);
      first += count;
      if (batch.room() == 0) {
        batch.encode();
      }
    }
    if (waiting.size() == MOST_WAITING) {
      batch.encode();
    }
  }

  private byte[] rgb(Row frames) {
    // Between two stages Spark may hand rows on as they are, which then know no field names.
    byte[] rgb = (byte[]) frames.get(RGB);
    if (rgb == null) {
      return new byte[0];
    }
    VisionInfo info = tower.info();
    if (frames.getInt(HEIGHT) != info.frameHeight() || frames.getInt(WIDTH) != info.frameWidth()) {
      throw new IllegalArgumentException(
          "%s wants frames of %d x %d pixels; got %d x %d: set the frame decoder's frame size"
              .formatted(
                  info.encoder(),
                  info.frameHeight(),
                  info.frameWidth(),
                  frames.getInt(HEIGHT),
                  frames.getInt(WIDTH)));
    }
    return rgb;
  }

  private Row finished(Clip clip) {
    if (clip.frames() == 0) {
      return RowStage.append(clip.row(), null, null);
    }
    byte[] data = clip.isFailed() ? null : format.encode(clip.tokens());
    String error =
        clip.isFailed()
            ? clip.error()
            : StoredTokens.firstNotFinite(clip.tokens(), data, format, tower.info());
    counters.videos().add(1L);
    counters.failed().add(error == null ? 0L : 1L);
    counters.millis().add(clip.millis());
    return RowStage.append(
        clip.row(),
        error == null ? block(clip.frames(), data) : null,
        encoding(error, clip.millis()));
  }

  /** The token-block struct of one video. */
  private Row block(int frames, byte[] data) {
    VisionInfo info = tower.info();
    return RowFactory.create(
        frames,
        info.tokensPerFrame(),
        info.gridHeight(),
        info.gridWidth(),
        info.dim(),
        format.label(),
        data);
  }

  /** A row of {@link StageSchemas#ENCODING}. */
  private Row encoding(String error, long millis) {
    float[] separators = tower.info().layout().rows();
    return RowFactory.create(
        tower.info().encoder(),
        error,
        millis,
        separators.length == 0 ? null : format.encode(separators));
  }
}
