package io.tokenreel.cli;

import io.tokenreel.pipeline.setting.PrecomputeSettings;
import picocli.CommandLine.Option;

/** The option of the commands that commit what they do in waves. */
final class WaveOption {

  @Option(
      names = "--videos-per-commit",
      defaultValue = "" + PrecomputeSettings.VIDEOS_PER_COMMIT,
      paramLabel = "N",
      description =
          "videos in one wave; a crash loses at most one, and one of large videos; at least 1 (default: ${DEFAULT-VALUE})")
  private int videosPerCommit;

  int videosPerCommit() {
    return videosPerCommit;
  }
}
