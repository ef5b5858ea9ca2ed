package io.tokenreel.video;

/** Paints the frames of a generated video. */
@FunctionalInterface
public interface FramePainter {

  /**
   * @param frame number from 0
   * @param rgb {@code [height][width][3]}, uint8, holding the previous frame, to be painted over
   */
  void paint(int frame, byte[] rgb);
}
