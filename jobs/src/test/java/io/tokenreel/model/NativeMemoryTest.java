package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {

  private static final int WINDOWS = 4;

  /** One 8 KB token array leaked per frame would make 16,000 KB in each window. */
  private static final long SLACK_KB = 8_000;

  /**
   * In a JVM whose heap is resident from the start, so that what grows is native. A leak grows in
   * every window of 500 batches; the allocator and the compiler grow in some.
   */
  @Test
  void encode_ofTwoThousandBatches_hasAWindowInWhichTheProcessDoesNotGrow() throws Exception {
    List<String> options = List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch");
    String grownKb = ChildJvm.run(options, NativeMemoryTest.class);
    long least = Stream.of(grownKb.split(" ", -1)).mapToLong(Long::parseLong).min().orElseThrow();
    assertTrue(least < SLACK_KB, "grew by " + grownKb + " KB in windows of 500 batches");
  }

  /** Prints by how many kilobytes the process grew in each window, after 500 batches. */
  public static void main(String[] args) throws IOException {
    try (VisionTower tower =
        Models.openVision(Models.DEFAULT, DeviceChoice.CPU, new Configuration())) {
      byte[] rgb = EncodeDigest.frames(tower.info(), 4, 5);
      run(tower, rgb, 500);
      StringJoiner grown = new StringJoiner(" ");
      for (int window = 0; window < WINDOWS; window++) {
        long before = residentKilobytes();
        run(tower, rgb, 500);
        grown.add(Long.toString(residentKilobytes() - before));
      }
      System.out.println(grown);
    }
  }

  private static void run(VisionTower tower, byte[] rgb, int batches) {
    for (int i = 0; i < batches; i++) {
      tower.encode(rgb, 4);
    }
    System.gc();
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
