package io.tokenreel.stage;

import io.tokenreel.model.Encoding;
import io.tokenreel.model.EncodingException;
import io.tokenreel.model.VisionTower;
import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.Frames;
import io.tokenreel.video.Reason;
import io.tokenreel.video.UriSecrets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows with frames in, the same rows with tokens out, in order. Several videos are under way at
 * once, so that the tower's passes are full; a video without frames passes through.
 *
 * <p>What is under way is bounded: fewer frames than asked for, those of one more video, and
 * {@value #MOST_WAITING} rows.
 */
final class EncodedRows implements Iterator<Row>, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EncodedRows.class);

  /** Of many videos without frames in a row, none shall wait for long. */
  private static final int MOST_WAITING = 256;

  private final Iterator<Row> rows;
  private final int framesColumn;
  private final VisionTower tower;
  private final int framesAhead;
  private final TokenFormat format;
  private final VideoLimit limit;
  private final StageCounters counters;
  private final Deque<Video> waiting = new ArrayDeque<>();
  private int framesWaiting;

  /**
   * A video that is under way.
   *
   * @param encoding null for a video without frames; a failed one where it was refused
   */
  private record Video(Row row, int frames, CompletableFuture<Encoding> encoding) {

    boolean isDone() {
      return encoding == null || encoding.isDone();
    }
  }

  /**
   * @param framesAhead frames that may be under way before another video is begun
   */
  EncodedRows(
      Iterator<Row> rows,
      int framesColumn,
      VisionTower tower,
      int framesAhead,
      TokenFormat format,
      VideoLimit limit,
      StageCounters counters) {
    this.rows = rows;
    this.framesColumn = framesColumn;
    this.tower = tower;
    this.framesAhead = framesAhead;
    this.format = format;
    this.limit = limit;
    this.counters = counters;
  }

  @Override
  public boolean hasNext() {
    return !waiting.isEmpty() || rows.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    while (takesAnother() && rows.hasNext()) {
      take(rows.next());
    }
    Video first = waiting.remove();
    framesWaiting -= first.frames();
    return finished(first);
  }

  /** Gives up what is under way. */
  @Override
  public void close() {
    for (Video video : waiting) {
      if (video.encoding() != null) {
        video.encoding().cancel(false);
      }
    }
  }

  private boolean takesAnother() {
    return waiting.isEmpty()
        || (!waiting.element().isDone()
            && framesWaiting < framesAhead
            && waiting.size() < MOST_WAITING);
  }

  private void take(Row row) {
    Optional<Frames> decoded =
        row.isNullAt(framesColumn)
            ? Optional.empty()
            : FramesColumn.frames(row.getStruct(framesColumn));
    Video video =
        decoded
            .map(frames -> new Video(row, frames.count(), submit(frames)))
            .orElseGet(() -> new Video(row, 0, null));
    waiting.add(video);
    framesWaiting += video.frames();
  }

  private CompletableFuture<Encoding> submit(Frames frames) {
    return limit
        .refusal(frames, shape(frames), format)
        .map(why -> CompletableFuture.<Encoding>failedFuture(new TooLarge(why)))
        .orElseGet(() -> tower.submit(frames, format));
  }

  private Row finished(Video video) {
    if (video.encoding() == null) {
      return RowStage.append(video.row(), null, null);
    }
    try {
      Encoding encoding = VisionTower.await(video.encoding());
      counters.videos().add(1L);
      long millis = encoding.nanos() / 1_000_000;
      counters.millis().add(millis);
      return RowStage.append(
          video.row(), TokenSchemas.planedRow(encoding.block()), encoding(millis, null, null));
    } catch (EncodingException e) {
      counters.videos().add(1L);
      counters.failed().add(1L);
      Reason reason = e instanceof TooLarge ? Reason.TOO_MANY_TOKENS : Reason.ENCODER_ERROR;
      LOG.warn("video {}: it could not be encoded: {}", id(video.row()), reason, e);
      return RowStage.append(video.row(), null, encoding(0, reason, e.getMessage()));
    }
  }

  private TokenShape shape(Frames frames) {
    try {
      return tower.info().shape(frames.count(), frames.size());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + ": set the frame decoder's modelUrl to the encoder's", e);
    }
  }

  /** A video that is over the limit. */
  private static final class TooLarge extends EncodingException {

    private static final long serialVersionUID = 1;

    TooLarge(String message) {
      super(message);
    }
  }

  /** For log lines: the first column, which holds a precompute run's ids. */
  private static String id(Row row) {
    return UriSecrets.hideIn(String.valueOf(row.get(0)));
  }

  /** A row of {@link StageSchemas#ENCODING}. */
  private Row encoding(long millis, Reason reason, String error) {
    FeedLayout layout = tower.info().layout();
    float[] separators = layout.rows();
    return RowFactory.create(
        tower.info().encoder(),
        error,
        millis,
        separators.length == 0 ? null : format.withoutScales().encode(separators),
        reason == null ? null : reason.label(),
        layout.kind().label());
  }
}
