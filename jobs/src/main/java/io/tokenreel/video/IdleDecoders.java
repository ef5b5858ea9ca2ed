package io.tokenreel.video;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decoder processes that nobody decodes with at the moment. The next task of this JVM takes one
 * over: a start costs as much processor time as decoding several short videos.
 *
 * <p>A process that is not taken within some seconds is ended, and so is one that has decoded many
 * videos. Thread-safe.
 */
final class IdleDecoders {

  /** Of this JVM. */
  static final IdleDecoders SHARED = new IdleDecoders(Duration.ofSeconds(10), 1_000);

  private static final Logger LOG = LoggerFactory.getLogger(IdleDecoders.class);

  /**
   * Which process serves: all else is told it with each video.
   *
   * @param scratch the parent of its folder
   * @param memoryMegabytes its limit
   */
  record Kind(Path scratch, int memoryMegabytes) {}

  private record Idle(Kind kind, DecoderSlot slot, long sinceNanos) {}

  private final Duration patience;
  private final int mostVideos;
  private final ScheduledThreadPoolExecutor ending;
  private final Deque<Idle> idle = new ArrayDeque<>(); // the longest idle first

  /**
   * @param patience how long a process waits to be taken
   * @param mostVideos after so many videos a process is ended
   */
  IdleDecoders(Duration patience, int mostVideos) {
    this.patience = patience;
    this.mostVideos = mostVideos;
    this.ending =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "tokenreel-idle-decoders");
              thread.setDaemon(true);
              return thread;
            });
    ending.setKeepAliveTime(1, TimeUnit.SECONDS);
    ending.allowCoreThreadTimeOut(true);
  }

  /**
   * An idle process in its folder, the one used last, or a folder where none runs yet. Where all
   * that are idle are of other kinds, one of them is ended, so that there are never more processes
   * than were in use at once.
   *
   * @throws FfmpegException when the environment names an FFmpeg that is not there
   */
  DecoderSlot take(Kind kind) {
    for (Optional<Idle> next = newest(kind); next.isPresent(); next = newest(kind)) {
      DecoderSlot slot = next.get().slot();
      if (slot.isUsable(mostVideos)) {
        return slot;
      }
      close(slot);
    }
    removeOldest(Duration.ZERO).ifPresent(other -> close(other.slot()));
    Optional<OwnFfmpeg> ffmpeg = OwnFfmpeg.here();
    ffmpeg.ifPresent(own -> LOG.info("a decoder process loads the FFmpeg of {}", own.folder()));
    return new DecoderSlot(
        kind.scratch(),
        folder -> ChildCommand.of(kind.memoryMegabytes(), folder, NativesCache.path(), ffmpeg));
  }

  /** Keeps the process of a slot for others, or closes the slot where it has none that serves. */
  void give(Kind kind, DecoderSlot slot) {
    if (!slot.isUsable(mostVideos)) {
      close(slot);
      return;
    }
    synchronized (this) {
      idle.addLast(new Idle(kind, slot, System.nanoTime()));
    }
    ending.schedule(() -> endIdleFor(patience), patience.toMillis() + 1, TimeUnit.MILLISECONDS);
  }

  /** Ends all that are idle now. */
  void endAll() {
    endIdleFor(Duration.ZERO);
  }

  private void endIdleFor(Duration least) {
    for (Optional<Idle> next = removeOldest(least); next.isPresent(); next = removeOldest(least)) {
      close(next.get().slot());
    }
  }

  private synchronized Optional<Idle> newest(Kind kind) {
    for (var each = idle.descendingIterator(); each.hasNext(); ) {
      Idle next = each.next();
      if (next.kind().equals(kind)) {
        each.remove();
        return Optional.of(next);
      }
    }
    return Optional.empty();
  }

  private synchronized Optional<Idle> removeOldest(Duration leastIdle) {
    Idle first = idle.peekFirst();
    boolean old = first != null && System.nanoTime() - first.sinceNanos() >= leastIdle.toNanos();
    return old ? Optional.of(idle.removeFirst()) : Optional.empty();
  }

  /** What was decoded stands, whether or not the folder can be removed. */
  static void close(DecoderSlot slot) {
    try {
      slot.close();
    } catch (UncheckedIOException e) {
      if (Files.exists(slot.folder())) { // else the parent's owner has removed it before
        LOG.warn("{} is left behind; it can be deleted", slot.folder(), e);
      }
    }
  }
}
