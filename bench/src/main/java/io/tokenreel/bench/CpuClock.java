package io.tokenreel.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Processor time so far, of this JVM and of its children.
 *
 * @param ownNanos of all threads of this JVM
 * @param childNanos of children: of those that have ended, which the kernel adds up, and of those
 *     that live, such as decoders that wait for the next task
 */
public record CpuClock(long ownNanos, long childNanos) {

  /** The kernel's clock ticks, a hundred a second on every Linux. */
  private static final long NANOS_PER_TICK = 10_000_000;

  /** Reads the clock. */
  public static CpuClock now() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return new CpuClock(system.getProcessCpuTime(), nanosOfChildren());
  }

  /** Read again where a child has come or gone meanwhile: its time would count twice, or never. */
  private static long nanosOfChildren() {
    while (true) {
      long endedTicks = endedTicks();
      List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
      long living =
          children.stream()
              .flatMap(child -> child.info().totalCpuDuration().stream())
              .mapToLong(Duration::toNanos)
              .sum();
      if (endedTicks == endedTicks()
          && children.equals(ProcessHandle.current().descendants().toList())) {
        return endedTicks * NANOS_PER_TICK + living;
      }
    }
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
  private static long endedTicks() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    } catch (IOException e) {
      throw new UncheckedIOException("processor times are read from /proc/self/stat", e);
    }
  }
}
