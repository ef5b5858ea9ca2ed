package io.tokenreel.scene;

import java.util.List;

/**
 * What lies behind the objects and answers no question: a plain that may be rippled, grey marks
 * that stand still, and noise.
 *
 * @param level mean level, 0 to 255
 * @param tint added to the level of red and taken from that of blue
 * @param ripple height of the ripples in levels, 0 for a plain
 * @param rippleX waves across the frame
 * @param rippleY waves down the frame
 * @param noise greatest change of a level from frame to frame
 */
record Backdrop(
    int level,
    int tint,
    double ripple,
    double rippleX,
    double rippleY,
    int noise,
    List<Mark> marks) {

  Backdrop {
    marks = List.copyOf(marks);
  }

  /**
   * A grey mark, in pixels.
   *
   * @param x centre from the left
   * @param y centre from the top
   * @param level 0 to 255
   */
  record Mark(SceneShape shape, int x, int y, int width, int height, int level) {}
}
