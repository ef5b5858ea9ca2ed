package io.tokenreel.stage;

import io.tokenreel.video.DecodedVideo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
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
 * than {@code maxBytes} wait, so at most that and one video more are held. Of all tasks of the JVM
 * together a quarter of its heap waits, and one video of each task more: cores are no measure of
 * the heap. Rows are pulled from Spark by the consuming thread only.
 */
final class DecodeAhead implements Iterator<DecodeAhead.Decoded>, AutoCloseable {

  /** A row of the input and what its video decoded to. */
  record Decoded(Row row, DecodedVideo video) {}

  private record Pending(Row row, Future<DecodedVideo> video) {}

  private static final int ROWS_AHEAD = 64;

  private final Iterator<Row> rows;
  private final Function<Row, DecodedVideo> decoder;
  private final Runnable closeDecoder;
  private final ByteBudget budget;
  private final ExecutorService thread;
  private final Deque<Pending> pending = new ArrayDeque<>();

  /**
   * @param decoder called by one thread, which is interrupted by {@link #close}
   * @param closeDecoder called once, possibly in mid-decode
   */
  DecodeAhead(
      Iterator<Row> rows,
      Function<Row, DecodedVideo> decoder,
      Runnable closeDecoder,
      long maxBytes) {
    this(rows, decoder, closeDecoder, maxBytes, HeapShare.OF_THIS_JVM);
  }

  /** With another share of the heap. */
  DecodeAhead(
      Iterator<Row> rows,
      Function<Row, DecodedVideo> decoder,
      Runnable closeDecoder,
      long maxBytes,
      HeapShare all) {
    this.rows = rows;
    this.decoder = decoder;
    this.closeDecoder = closeDecoder;
    this.budget = new ByteBudget(maxBytes, all);
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
    DecodedVideo video = decoder.apply(row);
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
    budget.close();
    closeDecoder.run();
  }

  /** The bytes that wait in all tasks of a JVM. */
  static final class HeapShare {

    private static final HeapShare OF_THIS_JVM =
        new HeapShare(Runtime.getRuntime().maxMemory() / 4);

    private final long maxBytes;
    private long waiting;

    HeapShare(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    synchronized boolean isEmpty() {
      return waiting == 0;
    }
  }

  /** Counts the bytes that wait, and holds the producer back while they are too many. */
  private static final class ByteBudget {

    private final long maxBytes;
    private final HeapShare all; // and the lock of both counts
    private long waiting;
    private boolean closed;

    ByteBudget(long maxBytes, HeapShare all) {
      this.maxBytes = maxBytes;
      this.all = all;
    }

    /**
     * @throws CancellationException if {@link #close} was called: nobody takes another video
     */
    void awaitRoom() throws InterruptedException {
      synchronized (all) {
        while (waiting >= maxBytes || (waiting > 0 && all.waiting >= all.maxBytes)) {
          all.wait();
        }
        if (closed) {
          throw new CancellationException("the task that decodes ahead was closed");
        }
      }
    }

    void take(long bytes) {
      add(bytes);
    }

    void release(long bytes) {
      add(-bytes);
    }

    private void add(long bytes) {
      synchronized (all) {
        if (!closed) {
          waiting += bytes;
          all.waiting += bytes;
          all.notifyAll();
        }
      }
    }

    /** Frames that nobody consumes any more do not wait. */
    void close() {
      synchronized (all) {
        add(-waiting);
        closed = true;
      }
    }
  }
}
