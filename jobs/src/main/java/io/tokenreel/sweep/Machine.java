package io.tokenreel.sweep;

import io.tokenreel.model.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the machine of this process is, without its name. */
final class Machine {

  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final double KIBI_PER_GIBI = 1024.0 * 1024;

  private Machine() {}

  static String describe() {
    String processor = Processor.here().name();
    String memory = memory().replaceAll("[^0-9]", "");
    return "%s, %d processors%s, %s %s"
        .formatted(
            processor.isEmpty() ? System.getProperty("os.arch") : processor,
            Runtime.getRuntime().availableProcessors(),
            memory.isEmpty() ? "" : ", %.0f GiB".formatted(Long.parseLong(memory) / KIBI_PER_GIBI),
            System.getProperty("os.name"),
            System.getProperty("os.version"));
  }

  /** With its unit; empty where this system does not say. */
  private static String memory() {
    if (!Files.exists(MEMORY)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(MEMORY)) {
      return lines.filter(line -> line.startsWith("MemTotal:")).findFirst().orElse("");
    } catch (IOException e) {
      return ""; // a report says less then
    }
  }
}
