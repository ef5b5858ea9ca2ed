package io.tokenreel.video;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads a video from its file system in a thread of its own, a little ahead of whoever takes the
 * bytes. A file system that hangs, and few of them can be interrupted, costs that thread and the
 * video's row, not the task; and what it throws, checked or not, is told from failures of the local
 * disk.
 */
final class SourceReader implements AutoCloseable {

  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CHUNKS_AHEAD = 2;

  /** Bytes, none at the end, or why there are no more. */
  private record Chunk(byte[] bytes, Throwable failure) {}

  private final BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(CHUNKS_AHEAD);
  private final Thread thread;
  private long total;

  SourceReader(String uri, Configuration hadoop) {
    this.thread = new Thread(() -> read(uri, hadoop), "tokenreel-video-source");
    thread.setDaemon(true);
    thread.start();
  }

  private void read(String uri, Configuration hadoop) {
    try {
      try (InputStream in = open(uri, hadoop)) {
        byte[] bytes;
        do {
          bytes = in.readNBytes(CHUNK_BYTES);
          chunks.put(new Chunk(bytes, null));
        } while (bytes.length > 0);
      } catch (IOException | RuntimeException | Error e) {
        chunks.put(new Chunk(null, e));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody takes them any more
    }
  }

  private static InputStream open(String uri, Configuration hadoop) throws IOException {
    Path path = new Path(uri);
    return path.getFileSystem(hadoop).open(path);
  }

  /**
   * The next bytes; none at the end.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged unreadable or timeout
   * @throws CancellationException if the calling thread is interrupted
   */
  byte[] next(long deadlineNanos) throws NotStaged {
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
      throw new NotStaged(Reason.UNREADABLE, total, chunk.failure().toString(), chunk.failure());
    }
    total += chunk.bytes().length;
    return chunk.bytes();
  }

  /** Ends the thread as soon as its file system lets it. */
  @Override
  public void close() {
    thread.interrupt();
  }
}
