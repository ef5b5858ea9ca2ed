package io.tokenreel.video;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.security.AccessControlException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a video's bytes to their end, which every length that is known must confirm. Where the
 * source breaks off or ends early, and it may be a connection or a server that comes back, all is
 * read again from the beginning, because what lies there may be another file by then: {@value
 * #ATTEMPTS} times in all, with waits of half a second and of two between them, within the video's
 * time. This comes on top of what a file system retries by itself.
 */
final class SourceReading {

  private static final Logger LOG = LoggerFactory.getLogger(SourceReading.class);

  static final int ATTEMPTS = 3;

  private static final long FIRST_WAIT_MILLIS = 500;
  private static final int WAIT_GROWTH = 4;

  private SourceReading() {}

  /** Takes the bytes. */
  interface Sink {

    /** The file's first byte comes next; what came before is void. */
    void begin() throws IOException;

    /**
     * The source is open.
     *
     * @param length that it says it has, or -1
     */
    default void expect(long length) throws IOException, NotStaged {}

    void accept(byte[] chunk) throws IOException, NotStaged;
  }

  /** Opens the bytes, once for each attempt. */
  @FunctionalInterface
  interface Source {
    SourceStream open() throws IOException;
  }

  /** Reads a whole video from where its URI says that it lies, as the next method does. */
  static void read(VideoRef video, Configuration hadoop, long deadlineNanos, Sink sink)
      throws IOException, NotStaged {
    read(video, () -> SourceStream.open(video.uri(), hadoop), deadlineNanos, sink);
  }

  /**
   * Reads a whole video.
   *
   * @param deadlineNanos by {@link System#nanoTime}
   * @throws NotStaged unreadable or timeout, and what the sink throws
   * @throws IOException what the sink throws
   * @throws CancellationException if the calling thread is interrupted
   */
  static void read(VideoRef video, Source source, long deadlineNanos, Sink sink)
      throws IOException, NotStaged {
    long waitMillis = FIRST_WAIT_MILLIS;
    for (int attempt = 1; ; attempt++) {
      sink.begin();
      try {
        readOnce(video, source, deadlineNanos, sink);
        return;
      } catch (NotStaged e) {
        long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
        if (attempt == ATTEMPTS || !mayPass(e) || leftMillis <= waitMillis) {
          throw e; // which says more than that the time is over
        }
        LOG.warn(
            "video {}: attempt {} of {} to read it failed; the next one is in {} ms: {}",
            video.hiddenId(),
            attempt,
            ATTEMPTS,
            waitMillis,
            UriSecrets.hide(e.getMessage()));
      }
      sleep(waitMillis);
      waitMillis *= WAIT_GROWTH;
    }
  }

  private static void readOnce(VideoRef video, Source source, long deadlineNanos, Sink sink)
      throws IOException, NotStaged {
    try (SourceReader reader = new SourceReader(video, source)) {
      sink.expect(reader.length(deadlineNanos));
      for (byte[] chunk = reader.next(deadlineNanos);
          chunk.length > 0;
          chunk = reader.next(deadlineNanos)) {
        sink.accept(chunk);
      }
    }
  }

  /** Whether another attempt may find it otherwise: a broken connection, but no damaged file. */
  private static boolean mayPass(NotStaged failure) {
    Throwable cause = failure.getCause();
    return cause instanceof IOException
        && !(cause instanceof FileNotFoundException
            || cause instanceof NoSuchFileException
            || cause instanceof AccessDeniedException
            || cause instanceof AccessControlException
            || cause instanceof ChecksumException);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while a video was to be read again");
    }
  }
}
