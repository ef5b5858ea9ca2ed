package io.tokenreel.pipeline.setting;

import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.SignalNeeds;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.model.VisionInfo;
import java.util.List;
import java.util.function.Consumer;

/** Refuses compressions that need signals which a run does not have. */
public final class SignalsCheck {

  private SignalsCheck() {}

  /**
   * Checks the compressions of a run that encodes.
   *
   * @throws SettingsException when the tower does not give what one of them needs
   */
  public static void require(List<String> compressions, VisionInfo vision) {
    check(
        compressions,
        compressor -> SignalNeeds.requireOf(compressor, vision.encoder(), vision.signals()));
  }

  /**
   * Checks the compressions of a run over kept features, which are blocks in a column.
   *
   * @throws SettingsException when one of them needs signals
   */
  public static void requireNone(List<String> compressions) {
    check(compressions, SignalNeeds::requireNone);
  }

  private static void check(List<String> compressions, Consumer<TokenCompressor> check) {
    for (String compression : compressions) {
      TokenCompressor compressor = Compressors.of(compression);
      try {
        check.accept(compressor);
      } catch (IllegalArgumentException e) {
        throw new SettingsException("--compression: " + e.getMessage());
      }
    }
  }
}
