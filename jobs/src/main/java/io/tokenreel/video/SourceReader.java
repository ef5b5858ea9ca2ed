package io.tokenreel.video;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/**
 * Reads a video from its file system in a thread of its own, a little ahead of whoever takes the
 * bytes. A file system that hangs, and few of them can be interrupted, costs that thread and the
 * video's row, not the task; and what it throws, checked or not, is distinguished from failures of
 * the local disk.
 */
final class SourceReader implements AutoCloseable {

  /** Small enough that what was read is in a cache of the processor when it is hashed. */
  private static final int CHUNK_BYTES = 1 << 18;

  private static final int CHUNKS_AHEAD = 8;

  /** The source's length, then bytes, none at the end, or why there are no more. */
  private record Chunk(long length, byte[] bytes, Throwable failure) {

    static Chunk of(byte[] bytes) {
      return new Chunk(-1, bytes, null);
    }
  }

  private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
  private final Thread thread;
  private long total;

  SourceReader(VideoRef video, SourceReading.Source source) {
    this.thread = new Thread(() -> read(video, source), "tokenreel-video-source");
    thread.setDaemon(true);
    thread.start();
  }

  private void read(VideoRef video, SourceReading.Source opener) {
    try {
      try (SourceStream source = opener.open()) {
        chunks.put(new Chunk(source.length(), null, null));
        long read = 0;
        for (byte[] bytes = chunk(source.bytes());
            bytes.length > 0;
            bytes = chunk(source.bytes())) {
          read += bytes.length;
          chunks.put(Chunk.of(bytes));
        }
        source.requireWhole(read, video.lengthBytes());
        chunks.put(Chunk.of(new byte[0]));
      } catch (IOException | RuntimeException | Error e) {
        chunks.put(new Chunk(-1, null, e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody takes them any more
    }
  }

  /** Up to a whole chunk; none at the end. Streams' own readNBytes(int) copies what it reads. */
  private static byte[] chunk(InputStream stream) throws IOException {
    byte[] bytes = new byte[CHUNK_BYTES];
    int read = stream.readNBytes(bytes, 0, CHUNK_BYTES);
    return read == CHUNK_BYTES ? bytes : Arrays.copyOf(bytes, read);
  }

  /**
   * The bytes that the source says it has, or -1; before {@link #next}.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged unreadable or timeout
   * @throws CancellationException if the calling thread is interrupted
   */
  long length(long deadlineNanos) throws NotStaged {
    return taken(deadlineNanos).length();
  }

  /**
   * The next bytes; none at the end.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged unreadable or timeout
   * @throws CancellationException if the calling thread is interrupted
   */
  byte[] next(long deadlineNanos) throws NotStaged {
    byte[] bytes = taken(deadlineNanos).bytes();
    total += bytes.length;
    return bytes;
  }

  private Chunk taken(long deadlineNanos) throws NotStaged {
    Chunk chunk;
    try {
      chunk = chunks.poll(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a video was being read");
    }
    if (chunk == null) {
      throw new NotStaged(
          Reason.TIMEOUT,
          total,
          "the wall time was over after " + total + " bytes were read",
          null);
    }
    if (chunk.failure() instanceof Error broken) {
      throw broken;
    }
    if (chunk.failure() != null) {
      throw new NotStaged(Reason.UNREADABLE, total, said(chunk.failure()), chunk.failure());
    }
    return chunk;
  }

  /** What a failure says, with its cause where it does not say that. */
  private static String said(Throwable failure) {
    String said = failure.toString();
    String cause = failure.getCause() == null ? null : failure.getCause().getMessage();
    return cause == null || said.contains(cause) ? said : said + ": " + cause;
  }

  /** Ends the thread as soon as its file system lets it. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
