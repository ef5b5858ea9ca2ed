package io.tokenreel.model.llava;

import io.tokenreel.model.CheckpointFolder;
import io.tokenreel.model.Settings;
import java.util.List;

/**
 * The vision side's settings of a LLaVA-OneVision checkpoint, from config.json and
 * preprocessor_config.json. Fields that are left out mean what Transformers' LlavaOnevisionConfig
 * and LlavaOnevisionImageProcessor mean by that.
 *
 * @param vision the tower's sizes
 * @param featureLayer encoder layers whose output is the tower's: {@code vision_feature_layer},
 *     counted from the end when it is negative
 * @param textHidden channels of a token, the language model's width
 * @param projectorBias whether the projector's linear maps have a bias
 * @param pixels how pixels become numbers
 */
record LlavaOnevisionConfig(
    SiglipConfig vision,
    int featureLayer,
    int textHidden,
    boolean projectorBias,
    PixelScale pixels) {

  /** Qwen2Config's default hidden_size. */
  private static final int QWEN2_HIDDEN = 4096;

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException for one that is malformed or that this family does not
   *     compute; the message names it
   */
  static LlavaOnevisionConfig read(CheckpointFolder folder) {
    Settings config = Settings.read(folder, "config.json");
    config.require("vision_feature_select_strategy", "full", "full");
    config.require("projector_hidden_act", "gelu", "gelu");
    SiglipConfig vision =
        config.has("vision_config")
            ? SiglipConfig.of(config.section("vision_config"))
            : SiglipConfig.so400m();
    return new LlavaOnevisionConfig(
        vision,
        featureLayer(config.integer("vision_feature_layer", -1, Integer.MIN_VALUE), vision),
        config.section("text_config").integer("hidden_size", QWEN2_HIDDEN, 1),
        config.flag("multimodal_projector_bias", true),
        PixelScale.of(preprocessor(folder), vision.imageSize()));
  }

  /**
   * How a video's frames become pixels: what Transformers' processor reads for a video, which has
   * changed its place from release to release.
   */
  private static Settings preprocessor(CheckpointFolder folder) {
    if (folder.has("video_preprocessor_config.json")) {
      return Settings.read(folder, "video_preprocessor_config.json");
    }
    String processor = "processor_config.json";
    if (folder.has(processor)) {
      Settings settings = Settings.read(folder, processor);
      for (String section : List.of("video_processor", "image_processor")) {
        if (settings.has(section) && !folder.has("preprocessor_config.json")) {
          return settings.section(section);
        }
      }
    }
    return Settings.read(folder, "preprocessor_config.json");
  }

  /** Hidden state 0 is the embeddings, state i the output of layer i, -1 the last one. */
  private static int featureLayer(int index, SiglipConfig vision) {
    int states = vision.layers() + 1;
    int layer = index < 0 ? states + index : index;
    if (layer < 0 || layer >= states) {
      throw new IllegalArgumentException(
          "config.json: vision_feature_layer must lie in [%d, %d]; got %d"
              .formatted(-states, states - 1, index));
    }
    return layer;
  }

  /** All that tokens depend on, one setting a line; the weights aside. */
  String canonical() {
    return String.join(
        "\n",
        vision.canonical(),
        "feature_layer " + featureLayer,
        "text_hidden " + textHidden,
        "projector_bias " + projectorBias,
        pixels.canonical());
  }

  /** Rows and columns of a frame's tokens after pooling. */
  int pooledGrid() {
    return (vision.grid() + 1) / 2;
  }
}
