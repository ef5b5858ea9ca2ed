package io.tokenreel.scene;

import java.util.List;
import java.util.Objects;

/**
 * A short video's content: objects of unlike colours and unlike shapes that appear one after the
 * other, several of them on screen together, before a backdrop. Everything follows from the seed.
 *
 * @param objects in the order in which they appear; no two on the same sampled frame
 */
record Scene(long seed, SceneClock clock, List<SceneObject> objects, Backdrop backdrop) {

  /** Pixels of a frame from left to right. */
  static final int WIDTH = 320;

  /** Pixels of a frame from top to bottom. */
  static final int HEIGHT = 240;

  Scene {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(backdrop, "backdrop");
    objects = List.copyOf(objects);
  }
}
