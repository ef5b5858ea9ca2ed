package io.tokenreel.scene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is where in a video: one line of {@code scenes.jsonl}, for training and for checks.
 *
 * @param videoId the file's name
 * @param seed what the video was drawn from
 * @param samples uniformly sampled frames
 * @param objects in the order in which they appear
 */
record SceneTruth(String videoId, long seed, int samples, List<Visible> objects) {

  SceneTruth {
    objects = List.copyOf(objects);
  }

  /**
   * One object.
   *
   * @param boxes per sampled frame left, top, right and bottom as shares of the frame's width and
   *     height, from its upper left corner; null where the object is not on screen
   */
  record Visible(
      SceneColour colour, SceneShape shape, SceneMotion motion, List<List<Double>> boxes) {}

  static SceneTruth of(Scene scene, String videoId) {
    List<Visible> objects = new ArrayList<>();
    for (SceneObject object : scene.objects()) {
      List<List<Double>> boxes = new ArrayList<>();
      for (int sample = 0; sample < scene.clock().samples(); sample++) {
        boxes.add(box(object, scene.clock().frameOf(sample)));
      }
      objects.add(new Visible(object.colour(), object.shape(), object.motion(), boxes));
    }
    return new SceneTruth(videoId, scene.seed(), scene.clock().samples(), objects);
  }

  private static List<Double> box(SceneObject object, int frame) {
    if (!object.visible(frame)) {
      return null;
    }
    double half = object.size() / 2.0;
    return Arrays.asList(
        share(object.x(frame) - half, Scene.WIDTH),
        share(object.y(frame) - half, Scene.HEIGHT),
        share(object.x(frame) + half, Scene.WIDTH),
        share(object.y(frame) + half, Scene.HEIGHT));
  }

  /** To four digits. */
  private static double share(double pixels, int of) {
    return Math.round(pixels / of * 10_000) / 10_000.0;
  }
}
