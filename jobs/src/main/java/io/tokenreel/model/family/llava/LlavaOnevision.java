package io.tokenreel.model.family.llava;

import io.tokenreel.model.FamilyInfo;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.checkpoint.VideoPreprocessor;
import io.tokenreel.model.prompt.VideoMark;
import io.tokenreel.token.FeedLayout;
import java.util.Optional;

/**
 * The LLaVA-OneVision family (arXiv 2408.03326) as Transformers saves it: SigLIP, a two-layer
 * projector, Qwen2.
 */
public final class LlavaOnevision extends LlavaFamily {

  /** The architecture that config.json names. */
  public static final String ARCHITECTURE = "LlavaOnevisionForConditionalGeneration";

  /** Transformers' Qwen2Config's default hidden_size. */
  private static final int QWEN2_HIDDEN = 4096;

  public LlavaOnevision() {
    super("llava_onevision", "LLaVA-OneVision");
  }

  @Override
  public FamilyInfo info() {
    return FamilyInfo.ofCheckpoints(
        ARCHITECTURE,
        "LLaVA-OneVision (arXiv 2408.03326): a SigLIP vision tower, a two-layer projector, a Qwen2 decoder",
        options());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Fields that are left out mean what Transformers' LlavaVisionConfig and
   * LlavaOnevisionImageProcessor mean by that.
   */
  @Override
  LlavaVisionConfig vision(CheckpointFolder folder) {
    Settings config = Settings.read(folder, "config.json");
    config.require("vision_feature_select_strategy", "full", "full");
    config.require("projector_hidden_act", "gelu", "gelu");
    SiglipConfig vision =
        config.has("vision_config")
            ? SiglipConfig.of(config.section("vision_config"))
            : SiglipConfig.so400m();
    return new LlavaVisionConfig(
        vision,
        featureLayer(config.integer("vision_feature_layer", -1, Integer.MIN_VALUE), vision),
        text(config).integer("hidden_size", QWEN2_HIDDEN, 1),
        config.flag("multimodal_projector_bias", true),
        PixelScale.of(VideoPreprocessor.read(folder), vision.imageSize()),
        GridPooling.BILINEAR,
        FeedLayout.Kind.CLOSING);
  }

  /**
   * Layers up to the one that is read: hidden state 0 is the embeddings, state i the output of
   * layer i, -1 the last one.
   */
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

  @Override
  public LlavaPrompts prompts(CheckpointFolder folder) {
    return new LlavaPrompts(folder, VideoMark.VIDEO, false);
  }

  @Override
  public Optional<String> legacyVisionRevision(CheckpointFolder folder) {
    return Optional.of(new VisionWeights(folder, vision(folder)).legacyRevision(folder));
  }

  @Override
  public Optional<String> legacyLanguageRevision(CheckpointFolder folder) {
    return Optional.of(language(folder).legacyRevision());
  }

  @Override
  Settings text(Settings config) {
    return config.section("text_config");
  }
}
