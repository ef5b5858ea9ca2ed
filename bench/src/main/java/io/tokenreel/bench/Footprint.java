package io.tokenreel.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What this JVM and its child processes hold at one moment, as Linux and the JVM tell it.
 *
 * @param epochMillis when
 * @param cpuNanos that this JVM and its children that have ended took until then
 * @param stolenMillis of the machine's time that its host gave to others until then, the mean of
 *     its processors; 0 on a machine that has no host or is not told
 * @param heapBytes of the heap, right after a collection of all of it
 * @param nativeBytes resident and the process's own, outside the heap and without {@code
 *     classBytes}: what libraries allocate, stacks, the collector's; no page of a mapped file, and
 *     from JDK 17.0.9 on nothing that the C library keeps although it was freed
 * @param classBytes class data with the compilers' profiles, and compiled code: it levels off as
 *     less and less is compiled
 * @param classes loaded, those that code generators made included
 * @param children processes, their own children included
 * @param childBytes resident, of all of them
 * @param files open descriptors
 * @param threads of this JVM
 */
public record Footprint(
    long epochMillis,
    long cpuNanos,
    long stolenMillis,
    long heapBytes,
    long nativeBytes,
    long classBytes,
    int classes,
    int children,
    long childBytes,
    int files,
    int threads) {

  /** The kernel tells times in hundredths of a second on every Linux. */
  private static final int MILLIS_PER_TICK = 10;

  private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]{8,16})");
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");

  /** Collects the heap, has the C library give freed memory back, and looks. */
  public static Footprint now() throws IOException {
    System.gc();
    diagnose("systemTrimNativeHeap");
    CpuClock spent = CpuClock.now();
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long heap = memory.getHeapMemoryUsage().getUsed();
    long classBytes = memory.getNonHeapMemoryUsage().getCommitted();
    List<ProcessHandle> children = ProcessHandle.current().descendants().toList();
    return new Footprint(
        System.currentTimeMillis(),
        spent.ownNanos() + spent.childNanos(),
        stolenByHost(),
        heap,
        anonymousBytesOutsideHeap() - classBytes,
        classBytes,
        ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
        children.size(),
        children.stream().mapToLong(Footprint::residentBytes).sum(),
        openFiles(),
        ManagementFactory.getThreadMXBean().getThreadCount());
  }

  /** The ninth word of proc(5)'s stat about all processors, in ticks. */
  private static long stolenByHost() throws IOException {
    String all = Files.readAllLines(Path.of("/proc/stat")).get(0);
    long ticks = Long.parseLong(all.split(" +")[8]);
    return ticks * MILLIS_PER_TICK / Runtime.getRuntime().availableProcessors();
  }

  private static int openFiles() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return (int) open.count();
    }
  }

  private static long residentBytes(ProcessHandle process) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(Footprint::kilobytes)
          .sum();
    } catch (IOException e) {
      return 0; // it ended a moment ago
    }
  }

  private static long anonymousBytesOutsideHeap() throws IOException {
    long[] heap = heapRange();
    long bytes = 0;
    boolean counted = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"), StandardCharsets.UTF_8)) {
      Matcher mapping = MAPPING.matcher(line);
      if (mapping.matches()) {
        long from = Long.parseUnsignedLong(mapping.group(1), 16);
        counted = from < heap[0] || from >= heap[1];
      } else if (counted && line.startsWith("Anonymous:")) {
        bytes += kilobytes(line);
      }
    }
    return bytes;
  }

  private static long kilobytes(String line) {
    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
  }

  /** From the first to the last address that the JVM names when it is asked about its heap. */
  private static long[] heapRange() {
    String info =
        diagnose("gcHeapInfo")
            .orElseThrow(
                () -> new IllegalStateException("this JVM does not tell where its heap is"));
    long[] range = {Long.MAX_VALUE, 0};
    Matcher address = ADDRESS.matcher(info);
    while (address.find()) {
      long at = Long.parseUnsignedLong(address.group(1), 16);
      range[0] = Math.min(range[0], at);
      range[1] = Math.max(range[1], at);
    }
    return range;
  }

  /** What one of {@code jcmd}'s commands without arguments says; nothing where it is unknown. */
  private static Optional<String> diagnose(String command) {
    try {
      ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
      MBeanServer server = ManagementFactory.getPlatformMBeanServer();
      boolean known =
          Arrays.stream(server.getMBeanInfo(commands).getOperations())
              .anyMatch(operation -> operation.getName().equals(command));
      return known
          ? Optional.of((String) server.invoke(commands, command, new Object[0], new String[0]))
          : Optional.empty();
    } catch (JMException e) {
      throw new IllegalStateException("this JVM does not answer " + command, e);
    }
  }
}
