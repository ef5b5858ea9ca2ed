package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.ModelFamily;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.checkpoint.VideoPreprocessor;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.SmartFit;
import java.util.Arrays;

/**
 * From a video's frames to the tower's input: how they are sized, and {@code (level - subtract) /
 * divide} per colour. Both numbers have the rescaling in them, as the reference fuses it, so that
 * values are its own to the last bit.
 *
 * <p>Source: transformers 5.23, models/qwen2_vl/video_processing_qwen2_vl.py,
 * models/qwen3_vl/video_processing_qwen3_vl.py and {@code _fuse_mean_std_and_rescale_factor} of
 * image_processing_backends.py.
 *
 * @param fit how frames are sized
 * @param subtract {@code [3]}, red, green, blue, in levels; nobody writes to it
 * @param divide {@code [3]}, in levels; nobody writes to it
 */
public record QwenPixels(FrameFit fit, float[] subtract, float[] divide) {

  /** Pillow's number for the bicubic filter, the one that frames are resized with. */
  private static final int BICUBIC = 3;

  /** Bounds that Transformers' processors have without any settings, in tokens of usual size. */
  private static final int LEAST_TOKENS = 128;

  private static final int MOST_TOKENS = 768;

  private static final int USUAL_MERGE = 2;

  private static final double[] HALF = {0.5, 0.5, 0.5};
  private static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
  private static final double[] CLIP_DEVIATION = {0.26862954, 0.26130258, 0.27577711};

  /**
   * Reads the settings from where the checkpoint has those for videos.
   *
   * @throws IllegalArgumentException for one that is malformed, that is not computed, or that is
   *     another than the tower's; the message names it
   */
  public static QwenPixels read(CheckpointFolder folder, QwenVisionConfig vision) {
    Settings settings = VideoPreprocessor.read(folder);
    settings.require("do_resize", "true", "true");
    settings.require("resample", "" + BICUBIC, "" + BICUBIC);
    settings.require("cap_pixels_per_frame", "false", "false");
    requireTowers(settings, "patch_size", vision.kind().usualPatch(), vision.patch());
    requireTowers(settings, "merge_size", USUAL_MERGE, vision.merge());
    requireTowers(
        settings,
        "temporal_patch_size",
        QwenVisionConfig.STEP_FRAMES,
        QwenVisionConfig.STEP_FRAMES);
    double factor =
        settings.flag("do_rescale", true) ? settings.positive("rescale_factor", 1 / 255.0) : 1;
    boolean normalized = settings.flag("do_normalize", true);
    boolean clip = vision.kind() != QwenVlKind.QWEN3_VL;
    double[] mean = settings.numbers("image_mean", clip ? CLIP_MEAN : HALF);
    double[] deviation = settings.numbers("image_std", clip ? CLIP_DEVIATION : HALF);
    return new QwenPixels(
        fit(Settings.read(folder, "config.json"), settings, vision),
        levels(normalized ? mean : new double[] {0, 0, 0}, factor),
        levels(normalized ? deviation : new double[] {1, 1, 1}, factor));
  }

  private static void requireTowers(Settings settings, String field, int byDefault, int tower) {
    settings.require(field, "" + byDefault, "" + tower);
  }

  private static FrameFit fit(Settings config, Settings settings, QwenVisionConfig vision) {
    SmartFit.Over over =
        vision.kind() == QwenVlKind.QWEN3_VL ? SmartFit.Over.CLIP : SmartFit.Over.FRAME;
    int side = USUAL_MERGE * vision.kind().usualPatch();
    SmartFit own =
        new SmartFit(
            vision.factor(),
            bound(settings, "min_pixels", "shortest_edge", LEAST_TOKENS * side * side),
            bound(settings, "max_pixels", "longest_edge", MOST_TOKENS * side * side),
            over);
    return config.has(ModelFamily.FIT) ? asked(config.text(ModelFamily.FIT), own) : own;
  }

  /**
   * A user's fit.
   *
   * @param own the checkpoint's, which says what a smart fit leaves out
   */
  private static FrameFit asked(String text, SmartFit own) {
    FrameFit fit = FrameFit.parse(text);
    int factor = own.factor();
    if (fit instanceof FixedFit fixed) {
      if (fixed.size().height() % factor != 0 || fixed.size().width() % factor != 0) {
        throw new IllegalArgumentException(
            "fit '%s': the model's tokens cover squares of %d pixels, so height and width must be multiples of it"
                .formatted(fit, factor));
      }
      return fit;
    }
    SmartFit smart = (SmartFit) fit;
    if (text.contains("factor=") && smart.factor() != factor) {
      throw new IllegalArgumentException(
          "fit '%s': the model's tokens cover squares of %d pixels, so factor must be %d"
              .formatted(fit, factor, factor));
    }
    return new SmartFit(
        factor,
        text.contains("min=") ? smart.min() : own.min(),
        text.contains("max=") ? smart.max() : own.max(),
        text.contains("over=") ? smart.over() : own.over());
  }

  /** A bound in pixels: older files spell it out, and then their size does not count. */
  private static int bound(Settings settings, String field, String edge, int byDefault) {
    if (settings.has(field) || !settings.has("size")) {
      return settings.integer(field, byDefault, 1);
    }
    Settings size = settings.section("size");
    if (!size.has(edge)) {
      throw new IllegalArgumentException(
          "the settings for videos must have %s, or %s in their size; got a size without"
              .formatted(field, edge));
    }
    return size.integer(edge, byDefault, 1);
  }

  private static float[] levels(double[] values, double factor) {
    float[] levels = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      levels[i] = (float) values[i] * (float) (1 / factor);
    }
    return levels;
  }

  /** All that features depend on, one setting a line. */
  String canonical() {
    return "fit %s\nsubtract %s, divide %s"
        .formatted(fit, Arrays.toString(subtract), Arrays.toString(divide));
  }
}
