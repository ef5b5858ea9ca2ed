package io.tokenreel.job;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;

/** What the tests of the commands share. */
final class JobTests {

  static final Path VIDEOS = Path.of("..", "shared", "videos").toAbsolutePath().normalize();
  static final Path ROOT = Path.of("").toAbsolutePath();

  private JobTests() {}

  /** Settings of a short run on the CPU that does little work per video. */
  static PrecomputeSettings settings(
      List<String> inputs, String output, List<String> compressions, int videosPerCommit) {
    return new PrecomputeSettings(
        inputs,
        output,
        "default",
        "uniform:frames=2",
        compressions,
        false,
        "bf16",
        "cpu",
        4,
        "sampled",
        60,
        512,
        16,
        videosPerCommit);
  }

  static void assertRefused(Runnable call, String... parts) {
    var error = assertThrows(SettingsException.class, call::run);
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
  }
}
