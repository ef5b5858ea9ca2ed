package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.FrameSize;
import io.tokenreel.video.SourceInfo;
import java.io.IOException;

/** Takes the frames of one video. */
interface FrameSink {

  /** So many frames of one size follow; those that came before are void. */
  void plan(int frames, FrameSize size, SourceInfo source) throws IOException;

  /**
   * @param place of the frame in the source and among those that were planned
   * @param rgb of the planned size
   */
  void frame(Choice.Place place, byte[] rgb) throws IOException;
}
