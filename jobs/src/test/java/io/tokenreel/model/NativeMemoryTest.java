package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

class NativeMemoryTest {

  /** One 8 KB token array leaked per frame would make 32,000 KB. */
  private static final long SLACK_KB = 16_000;

  /** In a JVM whose heap is resident from the start, so that what grows is native. */
  @Test
  void encode_ofAThousandBatches_doesNotGrowTheProcess() throws Exception {
    List<String> options = List.of("-Xms64m", "-Xmx64m", "-XX:+AlwaysPreTouch");
    long grownKb = Long.parseLong(ChildJvm.run(options, NativeMemoryTest.class));
    assertTrue(grownKb < SLACK_KB, "grew by " + grownKb + " KB over 1000 batches of 4 frames");
  }

  /** Prints by how many kilobytes the process grew over 1000 batches, after 500. */
  public static void main(String[] args) throws IOException {
    try (VisionTower tower =
        Models.openVision(Models.DEFAULT, DeviceChoice.CPU, new Configuration())) {
      byte[] rgb = EncodeDigest.frames(tower.info(), 4, 5);
      run(tower, rgb, 500);
      long before = residentKilobytes();
      run(tower, rgb, 1000);
      System.out.println(residentKilobytes() - before);
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
