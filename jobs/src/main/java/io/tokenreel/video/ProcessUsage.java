package io.tokenreel.video;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

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

  /** Takes some ten times as long as the others. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  private long field(String name) {
    try {
      String text = Files.readString(status, StandardCharsets.ISO_8859_1);
      int at = text.indexOf("\n" + name);
      if (at < 0) {
        return 0; // a zombie has no memory
      }
      String line = text.substring(at + 1 + name.length(), text.indexOf('\n', at + 1));
      return Long.parseLong(line.replace("kB", "").strip()) * 1024;
    } catch (IOException e) {
      return 0; // it ended between two looks
    }
  }
}
