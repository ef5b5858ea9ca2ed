package io.tokenreel.video;

import java.io.IOException;
import java.nio.file.Path;

/** Writes generated H.264 videos, for the demo, the benches and the tests. */
public final class VideoWriter {

  private VideoWriter() {}

  /**
   * Writes an mp4.
   *
   * @param keyframeInterval frames from one keyframe to the next
   */
  public static void write(
      Path file,
      int width,
      int height,
      int framesPerSecond,
      int keyframeInterval,
      int frames,
      FramePainter painter)
      throws IOException {
    throw new UnsupportedOperationException("the writer follows");
  }
}
