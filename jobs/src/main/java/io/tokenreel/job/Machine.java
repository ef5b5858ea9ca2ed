package io.tokenreel.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the machine of this process is, without its name. */
final class Machine {

  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final double KIBI_PER_GIBI = 1024.0 * 1024;

  private Machine() {}

  static String describe() {
    String memory = value(MEMORY, "MemTotal").replaceAll("[^0-9]", "");
    return "%s, %d processors%s, %s %s"
        .formatted(
            value(PROCESSOR, "model name").isEmpty()
                ? System.getProperty("os.arch")
                : value(PROCESSOR, "model name"),
            Runtime.getRuntime().availableProcessors(),
            memory.isEmpty() ? "" : ", %.0f GiB".formatted(Long.parseLong(memory) / KIBI_PER_GIBI),
            System.getProperty("os.name"),
            System.getProperty("os.version"));
  }

  /** Of the first line with the key; empty where this system has none. */
  private static String value(Path file, String key) {
    if (!Files.exists(file)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key) && line.contains(":"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      return ""; // a report says less then
    }
  }
}
