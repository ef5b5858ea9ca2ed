package io.tokenreel.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Benchmarks at a size that shows that they run, and what they count. */
@Tag("slow")
class SmallBenchTest {

  @Test
  void lookup_keptCache_isMadeOnce(@TempDir Path folder) throws IOException {
    LookupBench bench =
        new LookupBench(LocalSpark.plain(), 40, Optional.of(folder.resolve("cache")));
    bench.run();
    Object made = Files.getLastModifiedTime(folder.resolve("cache").resolve("tokens"));
    assertEquals(6, bench.run().size());
    assertEquals(made, Files.getLastModifiedTime(folder.resolve("cache").resolve("tokens")));
  }

  @Test
  void lookup_fewCells_givesPercentilesBesidePlainReads() throws IOException {
    List<BenchRow> rows = new LookupBench(LocalSpark.plain(), 40, Optional.empty()).run();
    assertEquals(6, rows.size(), rows.toString());
    assertPositive(rows);
    assertTrue(rows.get(4).value() <= 3, rows.toString());
    assertTrue(rows.get(5).ratio() <= 1.1, rows.toString());
    assertTrue(rows.get(2).name().startsWith("lookup, one of 40 cells of 67584 bytes, p50"));
    assertTrue(rows.get(2).value() <= rows.get(3).value(), rows.toString());
  }

  @Test
  void planning_fewVideos_listsAllAndFormsWaves() throws IOException {
    int videos = 2 * PrecomputeSettings.VIDEOS_PER_COMMIT + 1;
    List<BenchRow> rows = new PlanningBench(LocalSpark.plain(), videos).run();
    assertEquals(5, rows.size(), rows.toString());
    assertPositive(rows);
    assertEquals("forming its 3 waves", rows.get(2).name());
    assertEquals("walking a folder of %d names".formatted(videos / 10), rows.get(3).name());
  }

  @Test
  void soak_fewVideos_looksAllTheTimeAndLeavesNothingBehind() throws IOException {
    SoakBench.Findings found = new SoakBench(LocalSpark.plain(), 4, Duration.ofSeconds(1)).run();
    assertEquals("4 waves", found.rows().get(0).name());
    for (BenchRow row : found.rows()) {
      // Children may live and die between two looks, and a host may take nothing.
      boolean maybeNone = row.name().matches("child processes.*|their memory.*|time that.*");
      assertTrue(row.value() > 0 || (maybeNone && row.value() == 0), row.toString());
    }
    assertEquals(List.of(), found.left());
  }

  @Test
  void straggler_shortVideosAndALongerOne_tellsWhenEachWasCommitted() throws IOException {
    List<BenchRow> rows = new StragglerBench(LocalSpark.plain(), 4, Duration.ofSeconds(20)).run();
    assertEquals(4, rows.size(), rows.toString());
    assertPositive(rows.subList(0, 3));
    // It is too small to be set apart: its wave's commit is that of the others.
    assertEquals(0, rows.get(3).value(), rows.toString());
  }

  private static void assertPositive(List<BenchRow> rows) {
    for (BenchRow row : rows) {
      assertTrue(row.value() > 0 && row.ratio() > 0, row.toString());
    }
  }
}
