package io.tokenreel.pipeline.setting;

import io.tokenreel.video.FfmpegException;
import io.tokenreel.video.OwnFfmpeg;
import org.apache.spark.sql.SparkSession;

/** Refuses, in local mode, an FFmpeg of the environment that is not there, before anything runs. */
public final class FfmpegCheck {

  private FfmpegCheck() {}

  /** Of this process's environment: no cluster's driver knows that of the executors. */
  public static void require(SparkSession spark) {
    if (spark.sparkContext().isLocal()) {
      try {
        OwnFfmpeg.check();
      } catch (FfmpegException e) {
        throw new SettingsException(e.getMessage());
      }
    }
  }
}
