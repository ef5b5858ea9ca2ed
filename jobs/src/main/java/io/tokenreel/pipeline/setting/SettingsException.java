package io.tokenreel.pipeline.setting;

import io.tokenreel.files.StoreRefusal;
import java.io.UncheckedIOException;

/** A setting or an input that cannot be used. Nothing was started; the exit status is 2. */
public final class SettingsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** A setting that is wrong: the message says what was expected, what came, and how to fix it. */
  public SettingsException(String message) {
    super(message);
  }

  /** A model that cannot be described: what is wrong with its folder, or why it cannot be read. */
  public static SettingsException ofModel(String model, RuntimeException reason) {
    String cause =
        reason instanceof UncheckedIOException
            ? ": " + String.valueOf(reason.getCause().getMessage()).lines().findFirst().orElse("")
            : "";
    return new SettingsException(
        "--model "
            + StoreRefusal.of(reason, model)
                .orElse("%s: %s".formatted(model, reason.getMessage() + cause)));
  }
}
