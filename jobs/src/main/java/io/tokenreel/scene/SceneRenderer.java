package io.tokenreel.scene;

import io.tokenreel.video.FramePainter;
import java.util.SplittableRandom;

/** Paints the frames of a scene: the backdrop, its noise, and over them the objects. */
final class SceneRenderer implements FramePainter {

  static final int CHANNELS = 3;
  private static final int NOISE_LEVELS = 1 << 16; // a power of two
  private static final int NOISE_STRIDE = 7919; // a prime, so that frames differ

  private final Scene scene;
  private final int repeats;
  private final byte[] still; // [HEIGHT][WIDTH][3]
  private final byte[] noise; // [NOISE_LEVELS]

  /**
   * @param repeats frames that are painted of each of the scene's, which differ in noise
   */
  SceneRenderer(Scene scene, int repeats) {
    this.scene = scene;
    this.repeats = repeats;
    this.still = plain(scene.backdrop());
    scene.backdrop().marks().forEach(this::paintMark);
    this.noise = noise(scene.backdrop().noise(), new SplittableRandom(scene.seed()));
  }

  private static byte[] noise(int greatest, SplittableRandom random) {
    byte[] noise = new byte[NOISE_LEVELS];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (byte) random.nextInt(-greatest, greatest + 1);
    }
    return noise;
  }

  private static byte[] plain(Backdrop backdrop) {
    byte[] rgb = new byte[Scene.HEIGHT * Scene.WIDTH * CHANNELS];
    for (int y = 0; y < Scene.HEIGHT; y++) {
      for (int x = 0; x < Scene.WIDTH; x++) {
        double waves =
            Math.sin(2 * Math.PI * backdrop.rippleX() * x / Scene.WIDTH)
                + Math.sin(2 * Math.PI * backdrop.rippleY() * y / Scene.HEIGHT);
        double level = backdrop.level() + backdrop.ripple() * waves / 2;
        int at = at(x, y);
        rgb[at] = level(level + backdrop.tint());
        rgb[at + 1] = level(level);
        rgb[at + 2] = level(level - backdrop.tint());
      }
    }
    return rgb;
  }

  private void paintMark(Backdrop.Mark mark) {
    byte level = level(mark.level());
    cover(
        mark.shape(),
        new double[] {mark.x(), mark.y(), mark.width() / 2.0, mark.height() / 2.0},
        at -> {
          for (int channel = 0; channel < CHANNELS; channel++) {
            still[at + channel] = level;
          }
        });
  }

  @Override
  public void paint(int frame, byte[] rgb) {
    int shift = frame * NOISE_STRIDE;
    for (int i = 0; i < rgb.length; i++) {
      int level = (still[i] & 0xff) + noise[(i + shift) & (NOISE_LEVELS - 1)];
      rgb[i] = (byte) Math.max(0, Math.min(255, level));
    }
    int moment = frame / repeats;
    for (SceneObject object : scene.objects()) {
      if (object.visible(moment)) {
        double half = object.size() / 2.0;
        cover(
            object.shape(),
            new double[] {object.x(moment), object.y(moment), half, half},
            at -> {
              for (int channel = 0; channel < CHANNELS; channel++) {
                rgb[at + channel] = (byte) object.colour().level(channel);
              }
            });
      }
    }
  }

  private interface Pixel {
    void paint(int at);
  }

  /**
   * Paints the pixels whose middle a shape covers.
   *
   * @param box centre x, centre y, half the width, half the height, in pixels
   */
  private static void cover(SceneShape shape, double[] box, Pixel pixel) {
    int top = Math.max(0, (int) (box[1] - box[3]));
    int left = Math.max(0, (int) (box[0] - box[2]));
    int bottom = Math.min(Scene.HEIGHT - 1, (int) (box[1] + box[3]));
    int right = Math.min(Scene.WIDTH - 1, (int) (box[0] + box[2]));
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        if (shape.covers((x + 0.5 - box[0]) / box[2], (y + 0.5 - box[1]) / box[3])) {
          pixel.paint(at(x, y));
        }
      }
    }
  }

  private static int at(int x, int y) {
    return (y * Scene.WIDTH + x) * CHANNELS;
  }

  private static byte level(double level) {
    return (byte) Math.max(0, Math.min(255, Math.round(level)));
  }
}
