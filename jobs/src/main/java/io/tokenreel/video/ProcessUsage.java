package io.tokenreel.video;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a process takes, as Linux tells it under /proc; zeros once the process has ended. */
final class ProcessUsage {

  private final Path status;
  private final Process process;

  ProcessUsage(Process process) {
    this.process = process;
    this.status = Path.of("/proc", Long.toString(process.pid()), "status");
  }

  long residentBytes() {
    return field("VmRSS:");
  }

  /** The most that it ever had. */
  long peakResidentBytes() {
    return field("VmHWM:");
  }

  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private long field(String name) {
    try {
      List<String> lines = Files.readAllLines(status);
      for (String line : lines) {
        if (line.startsWith(name)) {
          return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        }
      }
      return 0; // a zombie has no memory
    } catch (IOException e) {
      return 0; // it ended between two looks
    }
  }
}
