package io.tokenreel.video;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Ends a decoder process that outlives the limits of the video it is at, and remembers why. It
 * looks every {@value #LOOK_MILLIS} ms; a faster grab of memory meets the process's own data limit.
 */
final class Watchdog implements AutoCloseable {

  private static final long LOOK_MILLIS = 25;

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
  private volatile Reason reason;

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

  private void look() {
    if (System.nanoTime() - deadlineNanos > 0
        || usage.cpu().minus(cpuBefore).compareTo(limits.cpu()) > 0) {
      end(Reason.TIMEOUT);
    } else if (usage.residentBytes() > ((long) limits.memoryMegabytes() << 20)) {
      end(Reason.DECODER_MEMORY);
    }
  }

  private void end(Reason why) {
    if (reason == null && process.isAlive()) {
      reason = why;
      process.destroyForcibly();
    }
  }

  /** Why it ended the process, or null. */
  Reason reason() {
    return reason;
  }

  @Override
  public void close() {
    looks.cancel(false);
  }
}
