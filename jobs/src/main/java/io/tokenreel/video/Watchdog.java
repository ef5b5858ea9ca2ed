package io.tokenreel.video;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a decoder process that outlives the limits of the video it is at, and remembers why. It
 * looks every {@value #LOOK_MILLIS} ms; a faster grab of memory meets the process's own data limit.
 * Processor time, which grows no faster than the clock and takes longer to ask for, it looks at
 * once in {@value #LOOKS_PER_CPU} times.
 */
final class Watchdog implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
  private static final long LOOK_MILLIS = 25;
  private static final int LOOKS_PER_CPU = 16;

  private static final ScheduledExecutorService LOOKING =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tokenreel-decoder-watchdog");
            thread.setDaemon(true);
            return thread;
          });

  private final Process process;
  private final DecodeLimits limits;
  private final ProcessUsage usage;
  private final long deadlineNanos;
  private final Duration cpuBefore;
  private final ScheduledFuture<?> looks;
  private volatile Death death;
  private int count; // of looks, by their one thread

  /**
   * @param deadlineNanos by {@link System#nanoTime}
   */
  Watchdog(Process process, DecodeLimits limits, long deadlineNanos) {
    this.process = process;
    this.limits = limits;
    this.usage = new ProcessUsage(process);
    this.deadlineNanos = deadlineNanos;
    this.cpuBefore = usage.cpu();
    this.looks = LOOKING.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** An exception would end the looks, and the limits with them. */
  private void look() {
    try {
      compare();
    } catch (RuntimeException | Error e) {
      LOG.error("a decoder process is ended, for its limits cannot be watched", e);
      end(new Death(Reason.DECODER_CRASH, "the decoder's limits could not be watched: " + e));
    }
  }

  private void compare() {
    if (System.nanoTime() - deadlineNanos > 0) {
      end(new Death(Reason.TIMEOUT, limits.wallIsOver()));
    } else if (count++ % LOOKS_PER_CPU == 0
        && usage.cpu().minus(cpuBefore).compareTo(limits.cpu()) > 0) {
      end(new Death(Reason.TIMEOUT, limits.cpuIsUsedUp()));
    } else if (usage.residentBytes() > ((long) limits.memoryMegabytes() << 20)) {
      end(new Death(Reason.DECODER_MEMORY, limits.memoryIsFull()));
    }
  }

  private void end(Death why) {
    if (death == null && process.isAlive()) {
      death = why;
      process.destroyForcibly();
    }
  }

  /**
   * Why a process ended.
   *
   * @param detail for a person: the limit, and what raises it
   */
  record Death(Reason reason, String detail) {}

  /** Why it ended the process, or null. */
  Death death() {
    return death;
  }

  @Override
  public void close() {
    looks.cancel(false);
  }
}
