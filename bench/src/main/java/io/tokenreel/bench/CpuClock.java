package io.tokenreel.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Processor time so far, of this JVM and of its children that have ended.
 *
 * @param ownNanos of all threads of this JVM
 * @param childNanos of ended children, which the kernel adds up
 */
public record CpuClock(long ownNanos, long childNanos) {

  /** The kernel's clock ticks, a hundred a second on every Linux. */
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Reads the clock. */
  public static CpuClock now() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new CpuClock(system.getProcessCpuTime(), childTicks() * NANOS_PER_TICK);
  }

  /** Of the living threads of this JVM whose names begin so. */
  public static long threadNanos(String prefix) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
        .filter(thread -> thread != null && thread.getThreadName().startsWith(prefix))
        .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
        .sum();
  }

  /** What was spent since another reading. */
  public CpuClock since(CpuClock start) {
    return new CpuClock(ownNanos - start.ownNanos, childNanos - start.childNanos);
  }

  /** Fields 16 and 17 of proc(5)'s stat, counted after the command's closing parenthesis. */
  private static long childTicks() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    } catch (IOException e) {
      throw new UncheckedIOException("processor times are read from /proc/self/stat", e);
    }
  }
}
