package io.tokenreel.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.pipeline.setting.SettingsException;
import java.nio.file.Path;
import java.util.List;

/** What the tests of the commands share. */
public final class JobTests {

  public static final Path VIDEOS = Fixtures.VIDEOS;
  public static final Path ROOT = Path.of("").toAbsolutePath();

  private JobTests() {}

  /** Settings of a short run on the CPU that does little work per video. */
  public static PrecomputeSettings settings(
      List<String> inputs, String output, List<String> compressions, int videosPerCommit) {
    return new PrecomputeSettings(
        inputs,
        output,
        null,
        "default",
        "uniform:frames=2",
        compressions,
        false,
        "bf16",
        "cpu",
        "auto",
        4,
        "sampled",
        60,
        512,
        12,
        16,
        videosPerCommit,
        null,
        null,
        null);
  }

  /** The same settings, and features are kept. */
  public static PrecomputeSettings keepingFeatures(PrecomputeSettings base) {
    return changed(base, true, base.tokenDtype(), base.decodeTimeoutSeconds());
  }

  /** The same settings with another dtype. */
  public static PrecomputeSettings tokenDtype(PrecomputeSettings base, String dtype) {
    return changed(base, base.keepFeatures(), dtype, base.decodeTimeoutSeconds());
  }

  /** The same settings with another time that one video may take. */
  public static PrecomputeSettings timeout(PrecomputeSettings base, int seconds) {
    return changed(base, base.keepFeatures(), base.tokenDtype(), seconds);
  }

  private static PrecomputeSettings changed(
      PrecomputeSettings base, boolean keepFeatures, String tokenDtype, int timeoutSeconds) {
    return new PrecomputeSettings(
        base.inputs(),
        base.output(),
        base.table(),
        base.model(),
        base.sampling(),
        base.compressions(),
        keepFeatures,
        tokenDtype,
        base.device(),
        base.computeDtype(),
        base.batchFrames(),
        base.check(),
        timeoutSeconds,
        base.decodeMemoryMegabytes(),
        base.maxDurationHours(),
        base.decodeAheadMegabytes(),
        base.videosPerCommit(),
        base.idRoot(),
        base.limit(),
        null);
  }

  public static void assertRefused(Runnable call, String... parts) {
    var error = assertThrows(SettingsException.class, call::run);
    for (String part : parts) {
      assertTrue(error.getMessage().contains(part), error.getMessage());
    }
  }
}
