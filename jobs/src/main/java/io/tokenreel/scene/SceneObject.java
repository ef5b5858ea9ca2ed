package io.tokenreel.scene;

import java.util.Objects;

/**
 * One object of a scene, which is on screen for one stretch of time and moves evenly or not at all.
 *
 * @param size height and width in pixels
 * @param firstSample the first sampled frame that it is on, from 0
 * @param lastSample the last sampled frame that it is on
 * @param firstFrame the first frame of the video that it is on, after the sampled frame before
 * @param lastFrame the last frame of the video that it is on, before the sampled frame after
 * @param x centre in the first frame, in pixels from the left
 * @param y centre in the first frame, in pixels from the top
 * @param pixelsPerFrame speed
 */
record SceneObject(
    SceneColour colour,
    SceneShape shape,
    SceneMotion motion,
    int size,
    int firstSample,
    int lastSample,
    int firstFrame,
    int lastFrame,
    double x,
    double y,
    double pixelsPerFrame) {

  SceneObject {
    Objects.requireNonNull(colour, "colour");
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(motion, "motion");
    if (firstFrame < 0
        || firstFrame > firstSample * SceneClock.STEP
        || lastFrame < lastSample * SceneClock.STEP) {
      throw new IllegalArgumentException(
          "sampled frames %d to %d must lie in frames %d to %d"
              .formatted(firstSample, lastSample, firstFrame, lastFrame));
    }
  }

  /** Sampled frames that it is on. */
  int samples() {
    return lastSample - firstSample + 1;
  }

  boolean visible(int frame) {
    return frame >= firstFrame && frame <= lastFrame;
  }

  /** Centre in a frame of the video, in pixels from the left. */
  double x(int frame) {
    return x + motion.x() * pixelsPerFrame * (frame - firstFrame);
  }

  /** Centre in a frame of the video, in pixels from the top. */
  double y(int frame) {
    return y + motion.y() * pixelsPerFrame * (frame - firstFrame);
  }

  /** What options and answers call it. */
  String name() {
    return colour.word() + " " + shape.word();
  }
}
