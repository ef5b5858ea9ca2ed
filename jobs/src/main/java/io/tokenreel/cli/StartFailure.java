package io.tokenreel.cli;

import io.tokenreel.pipeline.setting.SettingsException;
import org.apache.spark.SparkException;

/** Why Spark did not start: in most cases a property or a master that is not as Spark wants it. */
final class StartFailure {

  private StartFailure() {}

  /**
   * The failure as one line for a person, where Spark says what it does not like; otherwise the
   * failure itself.
   *
   * @param master that Spark was to run on
   */
  static RuntimeException of(String master, Exception failure) {
    boolean said =
        failure instanceof SparkException
            || failure instanceof IllegalArgumentException
            || failure instanceof IllegalStateException;
    if (said && failure.getMessage() != null) {
      return new SettingsException(
          "Spark does not start with --master %s: %s"
              .formatted(master, failure.getMessage().lines().findFirst().orElse("")));
    }
    return failure instanceof RuntimeException defect
        ? defect
        : new IllegalStateException("Spark does not start", failure);
  }
}
