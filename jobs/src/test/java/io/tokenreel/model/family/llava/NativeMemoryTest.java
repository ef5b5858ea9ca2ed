package io.tokenreel.model.family.llava;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.BaseNDManager;
import io.tokenreel.model.ChildJvm;
import io.tokenreel.model.EncodeDigest;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.EngineEncoder;
import io.tokenreel.video.Frames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Encoding allocates nothing native that outlives its batch. */
@Tag("slow")
class NativeMemoryTest {

  private static final int WARM_UP = 1_000;
  private static final int BATCHES = 2_000;

  /** Two kilobytes per batch; without a leak it is some hundred in all. */
  private static final long SLACK_KB = 2L * BATCHES;

  /**
   * In a JVM whose heap is resident from the start, with one compiler and one malloc arena, so that
   * what grows is native and steady.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-Xms64m",
          "-Xmx64m",
          "-XX:+AlwaysPreTouch",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Dtokenreel.model.threads=1");

  private static final Map<String, String> ONE_ARENA = Map.of("MALLOC_ARENA_MAX", "1");

  @Test
  void encode_ofTwoThousandBatches_leavesNoArrayAndDoesNotGrow() throws Exception {
    String[] found =
        ChildJvm.lastLine(ChildJvm.start(OPTIONS, ONE_ARENA, NativeMemoryTest.class))
            .split(" ", -1);
    assertEquals(found[0], found[1], "native arrays and managers of the tower");
    assertEquals(found[2], found[3], "direct buffers");
    long grownKb = Long.parseLong(found[4]);
    assertTrue(grownKb < SLACK_KB, "grew by %d KB in %d batches".formatted(grownKb, BATCHES));
  }

  /**
   * Prints, before and after the batches, the arrays and managers that the tower holds and the
   * bytes of direct buffers; then by how many kilobytes the process grew.
   */
  public static void main(String[] args) throws IOException {
    EngineEncoder encoder =
        (EngineEncoder) new LlavaOnevision().encoder(EncodeDigest.defaultModel(), Device.cpu());
    try (VisionTower tower = new BatchedTower(encoder, Device.cpu(), 1)) {
      Frames frames = EncodeDigest.frames(tower.info(), 4, 5);
      run(tower, frames, WARM_UP);
      long held = held(encoder);
      long direct = directBytes();
      long resident = residentKilobytes();
      run(tower, frames, BATCHES);
      long grown = residentKilobytes() - resident;
      System.out.printf("%n%d %d %d %d %d%n", held, held(encoder), direct, directBytes(), grown);
    }
  }

  private static void run(VisionTower tower, Frames frames, int batches) {
    for (int i = 0; i < batches; i++) {
      EncodeDigest.floats(tower, frames);
    }
  }

  /** DJL counts what its managers hold in a printed tree only. */
  private static long held(EngineEncoder encoder) {
    PrintStream console = System.out;
    ByteArrayOutputStream dump = new ByteArrayOutputStream();
    System.setOut(new PrintStream(dump, true, StandardCharsets.UTF_8));
    try {
      ((BaseNDManager) encoder.manager()).debugDump(0);
    } finally {
      System.setOut(console);
    }
    return dump.toString(StandardCharsets.UTF_8)
        .lines()
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".*resource count: ", "")))
        .sum();
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long residentKilobytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
