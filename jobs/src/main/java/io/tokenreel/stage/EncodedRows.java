package io.tokenreel.stage;

import io.tokenreel.model.VisionTower;
import io.tokenreel.token.TokenDtype;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows with frames in, the same rows with tokens out, in order. Videos are gathered until their
 * frames fill a batch; a video without frames passes through.
 *
 * <p>When a batch fails, its videos are encoded one by one, so that only the video that cannot be
 * encoded is marked.
 */
final class EncodedRows implements Iterator<Row> {

  private static final Logger LOG = LoggerFactory.getLogger(EncodedRows.class);

  private static final int HEIGHT = StageSchemas.FRAMES.fieldIndex("height");
  private static final int WIDTH = StageSchemas.FRAMES.fieldIndex("width");
  private static final int RGB = StageSchemas.FRAMES.fieldIndex("rgb");

  private record Waiting(Row row, FrameBatch.Clip clip) {}

  private final Iterator<Row> rows;
  private final int framesColumn;
  private final VisionTower tower;
  private final int batchFrames;
  private final TokenDtype dtype;
  private final StageCounters counters;
  private final Deque<Row> ready = new ArrayDeque<>();

  EncodedRows(
      Iterator<Row> rows,
      int framesColumn,
      VisionTower tower,
      int batchFrames,
      TokenDtype dtype,
      StageCounters counters) {
    this.rows = rows;
    this.framesColumn = framesColumn;
    this.tower = tower;
    this.batchFrames = batchFrames;
    this.dtype = dtype;
    this.counters = counters;
  }

  @Override
  public boolean hasNext() {
    if (ready.isEmpty() && rows.hasNext()) {
      encode(gather());
    }
    return !ready.isEmpty();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private List<Waiting> gather() {
    List<Waiting> waiting = new ArrayList<>();
    int frames = 0;
    while (frames < batchFrames && rows.hasNext()) {
      Row row = rows.next();
      FrameBatch.Clip clip = clip(row.getStruct(framesColumn));
      frames += clip.count();
      waiting.add(new Waiting(row, clip));
    }
    return waiting;
  }

  private FrameBatch.Clip clip(Row frames) {
    // Between two stages Spark may hand rows on as they are, which then know no field names.
    byte[] rgb = (byte[]) frames.get(RGB);
    int frameBytes = tower.info().frameHeight() * tower.info().frameWidth() * 3;
    if (rgb == null) {
      return new FrameBatch.Clip(0, new byte[0]);
    }
    if (frames.getInt(HEIGHT) != tower.info().frameHeight()
        || frames.getInt(WIDTH) != tower.info().frameWidth()) {
      throw new IllegalArgumentException(
          "%s wants frames of %d x %d pixels; got %d x %d: set the frame decoder's frame size"
              .formatted(
                  tower.info().encoder(),
                  tower.info().frameHeight(),
                  tower.info().frameWidth(),
                  frames.getInt(HEIGHT),
                  frames.getInt(WIDTH)));
    }
    return new FrameBatch.Clip(rgb.length / frameBytes, rgb);
  }

  private void encode(List<Waiting> waiting) {
    List<FrameBatch.Clip> clips = waiting.stream().map(Waiting::clip).toList();
    long start = System.nanoTime();
    float[][] tokens;
    try {
      tokens = FrameBatch.encode(tower, clips, batchFrames);
    } catch (RuntimeException e) {
      LOG.warn("a batch of {} videos could not be encoded; each is tried alone", waiting.size(), e);
      waiting.forEach(this::encodeAlone);
      return;
    }
    long nanos = System.nanoTime() - start;
    long frames = Math.max(1, clips.stream().mapToLong(FrameBatch.Clip::count).sum());
    for (int i = 0; i < tokens.length; i++) {
      finish(waiting.get(i), tokens[i], nanos * clips.get(i).count() / frames / 1_000_000);
    }
  }

  private void encodeAlone(Waiting video) {
    long start = System.nanoTime();
    try {
      float[] tokens = FrameBatch.encode(tower, List.of(video.clip()), batchFrames)[0];
      finish(video, tokens, (System.nanoTime() - start) / 1_000_000);
    } catch (RuntimeException e) {
      LOG.warn("a video could not be encoded: {}", video.row().get(0), e);
      add(video, null, e.toString(), (System.nanoTime() - start) / 1_000_000);
    }
  }

  private void finish(Waiting video, float[] tokens, long millis) {
    if (video.clip().count() == 0) {
      ready.add(RowStage.append(video.row(), null, null));
      return;
    }
    String notFinite = FrameBatch.firstNotFinite(tokens, tower.info());
    if (notFinite == null) {
      add(video, EncodePartition.block(tower.info(), tokens, dtype), null, millis);
    } else {
      add(video, null, "the encoder gave a value that is not finite: " + notFinite, millis);
    }
  }

  private void add(Waiting video, Row block, String error, long millis) {
    counters.videos().add(1L);
    counters.failed().add(error == null ? 0L : 1L);
    counters.millis().add(millis);
    ready.add(
        RowStage.append(
            video.row(), block, EncodePartition.encoding(tower.info(), dtype, error, millis)));
  }
}
