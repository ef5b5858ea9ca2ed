package io.tokenreel.stage;

import io.tokenreel.video.DecodedVideo;
import io.tokenreel.video.VideoDecoder;
import io.tokenreel.video.VideoRef;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.apache.spark.sql.Row;

/**
 * Decodes the videos of one task in a thread of its own, ahead of whoever consumes the frames, so
 * that neither the decoder nor the encoder waits.
 *
 * <p>Frames that wait to be consumed are bounded by bytes: the next decode starts only while fewer
 * than {@code maxBytes} wait, so at most that and one video more are held. Rows are pulled from
 * Spark by the consuming thread only.
 */
final class DecodeAhead implements Iterator<DecodeAhead.Decoded>, AutoCloseable {

  /** A row of the input and what its video decoded to. */
  record Decoded(Row row, DecodedVideo video) {}

  private record Pending(Row row, Future<DecodedVideo> video) {}

  private static final int ROWS_AHEAD = 64;

  private final Iterator<Row> rows;
  private final Function<Row, VideoRef> reference;
  private final VideoDecoder decoder;
  private final ByteBudget budget;
  private final ExecutorService thread;
  private final Deque<Pending> pending = new ArrayDeque<>();

  DecodeAhead(
      Iterator<Row> rows, Function<Row, VideoRef> reference, VideoDecoder decoder, long maxBytes) {
    this.rows = rows;
    this.reference = reference;
    this.decoder = decoder;
    this.budget = new ByteBudget(maxBytes);
    this.thread =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread worker = new Thread(task, "tokenreel-decode-ahead");
              worker.setDaemon(true);
              return worker;
            });
  }

  @Override
  public boolean hasNext() {
    while (pending.size() < ROWS_AHEAD && rows.hasNext()) {
      // Spark may reuse the row it hands out.
      Row row = rows.next().copy();
      pending.add(new Pending(row, thread.submit(() -> decode(row))));
    }
    return !pending.isEmpty();
  }

  private DecodedVideo decode(Row row) throws InterruptedException {
    budget.awaitRoom();
    DecodedVideo video = decoder.decode(reference.apply(row));
    budget.take(heldBytes(video));
    return video;
  }

  @Override
  public Decoded next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Pending first = pending.remove();
    DecodedVideo video = await(first.video());
    budget.release(heldBytes(video));
    return new Decoded(first.row(), video);
  }

  private static DecodedVideo await(Future<DecodedVideo> video) {
    try {
      return video.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a video was being decoded", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "the decoder could not be run: " + e.getCause().getMessage(), e.getCause());
    }
  }

  private static long heldBytes(DecodedVideo video) {
    return video.frames() == null ? 0 : video.frames().rgb().length;
  }

  @Override
  public void close() {
    thread.shutdownNow();
    decoder.close();
  }

  /** Counts the bytes that wait, and holds the producer back while they are too many. */
  private static final class ByteBudget {

    private final long maxBytes;
    private long waiting;

    ByteBudget(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    synchronized void awaitRoom() throws InterruptedException {
      while (waiting >= maxBytes) {
        wait();
      }
    }

    synchronized void take(long bytes) {
      waiting += bytes;
    }

    synchronized void release(long bytes) {
      waiting -= bytes;
      notifyAll();
    }
  }
}
