package io.tokenreel.scene;

import io.tokenreel.video.FramePainter;
import io.tokenreel.video.VideoWriter;
import java.io.IOException;
import java.nio.file.Path;

/**
 * How large and how long the videos of scenes are. What they show and what is sampled from them
 * uniformly stays the same; what they cost to decode does not.
 *
 * @param scale pixels of a video to one of its scene, across and down
 * @param repeats frames of a video to one of its scene, each with noise of its own
 * @param framesPerSecond of a video
 * @param keyframeInterval frames from one keyframe to the next at most
 */
public record Footage(int scale, int repeats, int framesPerSecond, int keyframeInterval) {

  /** As the scenes are: {@value Scene#WIDTH} x {@value Scene#HEIGHT} pixels, a few seconds. */
  public static final Footage PLAIN = new Footage(1, 1, SceneClock.FRAMES_PER_SECOND, 15);

  public Footage {
    if (Math.min(Math.min(scale, repeats), Math.min(framesPerSecond, keyframeInterval)) < 1) {
      throw new IllegalArgumentException(
          "scale, repeats, frames per second and keyframe interval are at least 1; got %d, %d, %d, %d"
              .formatted(scale, repeats, framesPerSecond, keyframeInterval));
    }
  }

  void render(Scene scene, Path file) throws IOException {
    FramePainter painter = new SceneRenderer(scene, repeats);
    VideoWriter.write(
        file,
        Scene.WIDTH * scale,
        Scene.HEIGHT * scale,
        framesPerSecond,
        keyframeInterval,
        scene.clock().frames() * repeats,
        scale == 1 ? painter : enlarged(painter));
  }

  private FramePainter enlarged(FramePainter painter) {
    byte[] small = new byte[Scene.HEIGHT * Scene.WIDTH * SceneRenderer.CHANNELS];
    int row = Scene.WIDTH * scale * SceneRenderer.CHANNELS;
    return (frame, rgb) -> {
      painter.paint(frame, small);
      for (int y = 0; y < Scene.HEIGHT; y++) {
        int first = y * scale * row;
        for (int at = 0; at < row; at++) {
          int pixel = at / (scale * SceneRenderer.CHANNELS);
          int channel = at % SceneRenderer.CHANNELS;
          rgb[first + at] = small[(y * Scene.WIDTH + pixel) * SceneRenderer.CHANNELS + channel];
        }
        for (int copy = 1; copy < scale; copy++) {
          System.arraycopy(rgb, first, rgb, first + copy * row, row);
        }
      }
    };
  }
}
