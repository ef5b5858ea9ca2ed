package io.tokenreel.model.family.djl;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * From a pixel's level to an encoder's input, {@code (level / 255 - mean) / deviation} per colour
 * in double precision, rounded once. Engines have no part in it, so the input is the same in all.
 */
final class PixelLevels {

  private static final int LEVELS = 256;
  private static final int COLOURS = 3;

  private final float[][] values = new float[COLOURS][LEVELS]; // [colour][level]

  /**
   * @param mean {@code [3]}, of levels scaled to 0..1
   * @param deviation {@code [3]}
   */
  PixelLevels(double[] mean, double[] deviation) {
    for (int colour = 0; colour < COLOURS; colour++) {
      for (int level = 0; level < LEVELS; level++) {
        values[colour][level] =
            (float) ((level / (LEVELS - 1.0) - mean[colour]) / deviation[colour]);
      }
    }
  }

  /**
   * Scales frames and separates their colours.
   *
   * @param rgb uint8 {@code [frames][pixels][3]}
   * @param frames how many
   * @param pixels of a frame
   * @param planes takes {@code [frames][3][pixels]} from its start
   */
  void scale(ByteBuffer rgb, int frames, int pixels, FloatBuffer planes) {
    for (int frame = 0; frame < frames; frame++) {
      int start = frame * pixels * COLOURS;
      for (int colour = 0; colour < COLOURS; colour++) {
        float[] ofLevel = values[colour];
        for (int pixel = 0; pixel < pixels; pixel++) {
          int level = Byte.toUnsignedInt(rgb.get(start + pixel * COLOURS + colour));
          planes.put(start + colour * pixels + pixel, ofLevel[level]);
        }
      }
    }
  }
}
