package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.FrameSize;
import java.io.IOException;

/** Takes the frames of one video. */
interface FrameSink {

  /** So many frames of one size follow; those that came before are void. */
  void plan(int frames, FrameSize size) throws IOException;

  /**
   * @param firstSlot of {@code slots} places in a row that this frame fills
   * @param rgb of the planned size
   */
  void frame(int firstSlot, int slots, long ptsMicros, byte[] rgb) throws IOException;
}
