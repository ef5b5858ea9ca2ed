package io.tokenreel.model.family.llava;

import io.tokenreel.model.checkpoint.Settings;

/**
 * The sizes of a SigLIP vision tower, {@code vision_config} of config.json. Fields that a published
 * config leaves out mean what Transformers' SiglipVisionConfig means by that.
 *
 * @param imageSize height and width of a frame in pixels
 * @param patchSize height and width of a patch in pixels
 * @param hidden channels of a patch's state
 * @param intermediate channels inside the MLP
 * @param layers encoder layers that the checkpoint declares
 * @param heads attention heads
 * @param epsilon of the layer norms
 */
public record SiglipConfig(
    int imageSize,
    int patchSize,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    double epsilon) {

  public SiglipConfig {
    if (hidden % heads != 0) {
      throw new IllegalArgumentException(
          "vision_config: hidden_size must be a multiple of num_attention_heads; got %d and %d"
              .formatted(hidden, heads));
    }
    if (patchSize > imageSize) {
      throw new IllegalArgumentException(
          "vision_config: patch_size must be at most image_size; got %d and %d"
              .formatted(patchSize, imageSize));
    }
  }

  /**
   * Reads the sizes.
   *
   * @throws IllegalArgumentException for a setting that the tower does not compute; the message
   *     names it
   */
  static SiglipConfig of(Settings vision) {
    vision.require("model_type", "siglip_vision_model", "siglip_vision_model");
    vision.require("hidden_act", "gelu_pytorch_tanh", "gelu_pytorch_tanh");
    vision.require("num_channels", "3", "3");
    return new SiglipConfig(
        vision.integer("image_size", 224, 1),
        vision.integer("patch_size", 16, 1),
        vision.integer("hidden_size", 768, 1),
        vision.integer("intermediate_size", 3072, 1),
        vision.integer("num_hidden_layers", 12, 1),
        vision.integer("num_attention_heads", 12, 1),
        vision.positive("layer_norm_eps", 1e-6));
  }

  /** The tower of a config.json without a vision_config: SigLIP-so400m. */
  static SiglipConfig so400m() {
    return new SiglipConfig(384, 14, 1152, 4304, 26, 16, 1e-6);
  }

  /** Patches along a side; pixels beyond the last whole patch are not looked at. */
  int grid() {
    return imageSize / patchSize;
  }

  /** Patches of a frame. */
  int patches() {
    return grid() * grid();
  }

  /** Values of a patch, {@code 3 * patchSize * patchSize}. */
  int patchValues() {
    return 3 * patchSize * patchSize;
  }

  /** What the tower computes depends on these; how many layers it takes, its caller knows. */
  String canonical() {
    return "siglip image %d, patch %d, hidden %d, intermediate %d, heads %d, epsilon %s"
        .formatted(imageSize, patchSize, hidden, intermediate, heads, epsilon);
  }

  int headSize() {
    return hidden / heads;
  }
}
