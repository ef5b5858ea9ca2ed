package io.tokenreel.pipeline.setting;

import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.stage.VideoLimit;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.SamplingSpec;

/**
 * Refuses a sampling whose longest video would not fit into a row of Spark's: between encode and
 * compress a row holds a video's frames and all of its tokens, in one array of bytes.
 */
public final class VideoSizeCheck {

  private VideoSizeCheck() {}

  /**
   * Checks what the settings ask of a model.
   *
   * @throws SettingsException when a video may take more than {@link VideoLimit#ROW_BYTES}
   */
  public static void require(PrecomputeSettings settings, VisionInfo vision) {
    if (!(vision.grid() instanceof StepGrid.Fixed fixed)) {
      return; // sizes are known with each video, and checked then
    }
    long frames = SamplingSpec.parse(settings.sampling()).sampler().maxFrames();
    long frameBytes = fixed.frames().rgbBytes();
    long tokenBytes = TokenFormat.of(settings.tokenDtype()).bytes(vision.shape(1, fixed.frames()));
    long fitting = VideoLimit.ROW_BYTES / (frameBytes + tokenBytes);
    if (frames > fitting) {
      throw new SettingsException(
          "--sampling %s: %d frames of %d x %d pixels with %d tokens of %d %s channels each take %d bytes, and a row holds %d; at most %d frames fit"
              .formatted(
                  settings.sampling(),
                  frames,
                  fixed.frames().height(),
                  fixed.frames().width(),
                  fixed.grid().tokens(),
                  vision.dim(),
                  settings.tokenDtype(),
                  frames * (frameBytes + tokenBytes),
                  VideoLimit.ROW_BYTES,
                  fitting));
    }
  }
}
