package io.tokenreel.video.ffmpeg;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a decoded picture is turned and mirrored to stand upright: one of the eight ways that a
 * display matrix of quarter turns can say. Other angles go to the nearest of them.
 *
 * @param transposed whether rows become columns
 * @param mirroredX whether the upright picture's x runs against the decoded axis that it shows
 * @param mirroredY the same for y
 */
record Orientation(boolean transposed, boolean mirroredX, boolean mirroredY) {

  static final Orientation UPRIGHT = new Orientation(false, false, false);

  /**
   * FFmpeg's display matrix maps the decoded point (p, q) to (a p + c q, b p + d q), up to a shift.
   *
   * @param matrix nine 32-bit numbers in native order: a, b, u, c, d, v, x, y, w
   */
  static Orientation of(ByteBuffer matrix) {
    ByteBuffer numbers = matrix.order(ByteOrder.nativeOrder());
    long a = numbers.getInt(0);
    long b = numbers.getInt(4);
    long c = numbers.getInt(12);
    long d = numbers.getInt(16);
    return Math.abs(a) + Math.abs(d) >= Math.abs(b) + Math.abs(c)
        ? new Orientation(false, a < 0, d < 0)
        : new Orientation(true, c < 0, b < 0);
  }

  /** The upright picture's width from the decoded one's. */
  int width(int decodedWidth, int decodedHeight) {
    return transposed ? decodedHeight : decodedWidth;
  }

  int height(int decodedWidth, int decodedHeight) {
    return transposed ? decodedWidth : decodedHeight;
  }
}
