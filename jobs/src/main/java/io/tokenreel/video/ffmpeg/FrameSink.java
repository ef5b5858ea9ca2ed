package io.tokenreel.video.ffmpeg;

import java.io.IOException;

/** Takes the frames of one video. */
interface FrameSink {

  /** So many frames follow; those that came before are void. */
  void plan(int frames) throws IOException;

  /**
   * @param firstSlot of {@code slots} places in a row that this frame fills
   * @param rgb of the wanted size
   */
  void frame(int firstSlot, int slots, long ptsMicros, byte[] rgb) throws IOException;
}
