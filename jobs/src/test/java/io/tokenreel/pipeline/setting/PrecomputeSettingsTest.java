package io.tokenreel.pipeline.setting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.testing.JobTests;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrecomputeSettingsTest {

  private static final List<String> SPECS = List.of("none", "vidcom2:retention=0.5");

  private static PrecomputeSettings numbers(
      int batchFrames, int timeout, int memory, int hours, int ahead, int videosPerCommit) {
    return new PrecomputeSettings(
        List.of("videos"),
        "out",
        "lake.video.clips",
        "default",
        "uniform:frames=2",
        SPECS,
        true,
        "f16",
        "auto",
        "auto",
        batchFrames,
        "full",
        timeout,
        memory,
        hours,
        ahead,
        videosPerCommit,
        "videos",
        7,
        9);
  }

  private static void checked(String check, List<String> compressions) {
    new PrecomputeSettings(
        List.of("videos"),
        "out",
        null,
        "default",
        "uniform:frames=2",
        compressions,
        true,
        "f16",
        "auto",
        "auto",
        1,
        check,
        1,
        192,
        1,
        1,
        1,
        null,
        null,
        null);
  }

  @Test
  void constructor_leastValues_areTaken() {
    assertEquals(192, numbers(1, 1, 192, 1, 1, 1).decodeMemoryMegabytes());
  }

  @Test
  void constructor_valueOutOfRange_namesItsFlagAndTheLeast() {
    JobTests.assertRefused(
        () -> numbers(0, 1, 192, 1, 1, 1), "--batch-frames must be at least 1; got 0");
    JobTests.assertRefused(
        () -> numbers(1, -3, 192, 1, 1, 1), "--decode-timeout must be at least 1; got -3");
    JobTests.assertRefused(
        () -> numbers(1, 1, 191, 1, 1, 1), "--decode-memory must be at least 192; got 191");
    JobTests.assertRefused(
        () -> numbers(1, 1, 192, 0, 1, 1), "--max-duration must be at least 1; got 0");
    JobTests.assertRefused(
        () -> numbers(1, 1, 192, 1_000_001, 1, 1),
        "--max-duration must be at most 1000000 hours; got 1000001");
    JobTests.assertRefused(
        () -> numbers(1, 1, 192, 1, 0, 1), "--decode-ahead must be at least 1; got 0");
    JobTests.assertRefused(
        () -> numbers(1, 1, 192, 1, 1, 0), "--videos-per-commit must be at least 1; got 0");
  }

  @Test
  void constructor_unknownWordOrRepeatedSpec_namesItsFlag() {
    JobTests.assertRefused(
        () -> checked("none", SPECS), "--check must be sampled or full; got none");
    JobTests.assertRefused(
        () -> checked("full", List.of("none", "none")),
        "--compression names one setting twice",
        "[none, none]");
  }

  @Test
  void options_ofSettings_nameEveryComponent() {
    Map<String, String> options = Options.of(numbers(3, 4, 200, 7, 5, 6));
    assertEquals(PrecomputeSettings.class.getRecordComponents().length, options.size());
    assertEquals("3", options.get("batchFrames"));
    assertEquals("7", options.get("limit"));
    assertEquals("lake.video.clips", options.get("table"));
    assertEquals("true", options.get("keepFeatures"));
    assertEquals("full", options.get("check"));
    assertEquals("[\"none\",\"vidcom2:retention=0.5\"]", options.get("compressions"));
  }
}
