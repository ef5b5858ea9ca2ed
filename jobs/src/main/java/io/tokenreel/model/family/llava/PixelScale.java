package io.tokenreel.model.family.llava;

import io.tokenreel.model.checkpoint.Settings;
import java.util.Arrays;

/**
 * From a pixel's level to the tower's input, {@code (level * factor - mean) / deviation} per
 * colour, as preprocessor_config.json says.
 *
 * @param factor of every level
 * @param mean {@code [3]}, red, green, blue
 * @param deviation {@code [3]}
 */
record PixelScale(double factor, double[] mean, double[] deviation) {

  /** Pillow's number for the bicubic filter, the one that frames are resized with. */
  private static final int BICUBIC = 3;

  String canonical() {
    return "pixels %s, mean %s, deviation %s"
        .formatted(factor, Arrays.toString(mean), Arrays.toString(deviation));
  }

  /**
   * Reads the scale, and checks that frames are wanted as the decoder gives them.
   *
   * @param imageSize height and width that the tower takes, in pixels
   * @throws IllegalArgumentException for another size or another filter
   */
  static PixelScale of(Settings preprocessor, int imageSize) {
    preprocessor.require("resample", "" + BICUBIC, "" + BICUBIC);
    preprocessor.require("do_resize", "true", "true");
    preprocessor.require("do_center_crop", "false", "false");
    Settings size = preprocessor.section("size");
    if (preprocessor.has("size") && !(size.has("height") && size.has("width"))) {
      throw new IllegalArgumentException(
          "the settings for videos must have a size with height and width, %d each; got a size without"
              .formatted(imageSize));
    }
    size.require("height", "" + imageSize, "" + imageSize);
    size.require("width", "" + imageSize, "" + imageSize);
    double factor =
        preprocessor.flag("do_rescale", true)
            ? preprocessor.positive("rescale_factor", 1 / 255.0)
            : 1;
    if (!preprocessor.flag("do_normalize", true)) {
      return new PixelScale(factor, new double[] {0, 0, 0}, new double[] {1, 1, 1});
    }
    // The processor's defaults are CLIP's.
    return new PixelScale(
        factor,
        preprocessor.numbers("image_mean", 0.48145466, 0.4578275, 0.40821073),
        preprocessor.numbers("image_std", 0.26862954, 0.26130258, 0.27577711));
  }
}
