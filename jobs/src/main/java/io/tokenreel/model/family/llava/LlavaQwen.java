package io.tokenreel.model.family.llava;

import io.tokenreel.model.FamilyInfo;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.prompt.VideoMark;
import io.tokenreel.token.FeedLayout;
import java.util.Set;
import java.util.stream.Stream;

/**
 * LLaVA-Video (arXiv 2410.02713) in the layout of LLaVA-NeXT, which published it: a config.json
 * without a vision section, for the tower is fixed there ({@code siglip_encoder.py}), and code in
 * the place of a preprocessor's settings.
 */
public final class LlavaQwen extends LlavaFamily {

  /** The architecture that config.json names. */
  public static final String ARCHITECTURE = "LlavaQwenForCausalLM";

  private static final String MERGE = "mm_patch_merge_type";

  private static final String TOWER = "google/siglip-so400m-patch14-384";

  /** A vision tower of other sizes; no published checkpoint has it. */
  private static final String VISION_CONFIG = "tokenreel_vision_config";

  /** Where {@code image_newline} stands where that is not what mm_newline_position says. */
  private static final String LAYOUT = "tokenreel_layout";

  private static final String POOLING = "mm_spatial_pool_mode";

  /** Whether prompts say when frames are shown. */
  private static final String TIMED = "add_time_instruction";

  private static final Set<String> OPTIONS = Set.of(POOLING, LAYOUT, TIMED);

  private static final double[] HALVES = {0.5, 0.5, 0.5};

  public LlavaQwen() {
    super("llava_qwen", "LLaVA-Video");
  }

  @Override
  public FamilyInfo info() {
    return FamilyInfo.ofCheckpoints(
        ARCHITECTURE,
        "LLaVA-Video (arXiv 2410.02713): a SigLIP vision tower, a two-layer projector, a row after each line of a frame, a Qwen2 decoder",
        options());
  }

  /**
   * {@inheritDoc}
   *
   * <p>The tower's last layer is not stored: the output of the last stored one is read, whatever
   * mm_vision_select_layer says. Fields that are left out mean what LLaVA-NeXT's code means by
   * that.
   */
  @Override
  LlavaVisionConfig vision(CheckpointFolder folder) {
    Settings config = Settings.read(folder, "config.json");
    config.require("mm_projector_type", "linear", "mlp2x_gelu");
    config.require("mm_vision_select_feature", "patch", "patch");
    config.require("mm_spatial_pool_stride", "2", "2");
    config.require("mm_resampler_type", "null", "null");
    config.require("add_faster_video", "false", "false");
    SiglipConfig vision = SiglipConfig.so400m();
    if (config.has(VISION_CONFIG)) {
      vision = SiglipConfig.of(config.section(VISION_CONFIG));
    } else {
      config.require("mm_vision_tower", "null", TOWER);
    }
    return new LlavaVisionConfig(
        vision,
        vision.layers(),
        text(config).integer("hidden_size", 4096, 1),
        true,
        new PixelScale(1 / 255.0, HALVES, HALVES),
        pooling(config),
        layout(config));
  }

  private static GridPooling pooling(Settings config) {
    String bilinear = GridPooling.BILINEAR.label();
    String average = GridPooling.AVERAGE.label();
    return config.choice(POOLING, bilinear, bilinear, average).equals(average)
        ? GridPooling.AVERAGE
        : GridPooling.BILINEAR;
  }

  /** LLaVA-NeXT's mm_newline_position, {@code prepare_inputs_labels_for_multimodal}. */
  private static FeedLayout.Kind layout(Settings config) {
    config.require(MERGE, "flat", "spatial", "spatial_unpad", "spatial_max9");
    FeedLayout.Kind trained =
        switch (config.choice(
            "mm_newline_position", "one_token", "grid", "one_token", "no_token")) {
          case "grid" -> FeedLayout.Kind.LINE_ENDS;
          case "one_token" -> closes(config) ? FeedLayout.Kind.CLOSING : FeedLayout.Kind.PLAIN;
          default -> FeedLayout.Kind.PLAIN;
        };
    String[] known =
        Stream.of(FeedLayout.Kind.values()).map(FeedLayout.Kind::label).toArray(String[]::new);
    return FeedLayout.Kind.of(config.choice(LAYOUT, trained.label(), known));
  }

  /** Whether the reference appends its newline to a video: where it takes padding away. */
  private static boolean closes(Settings config) {
    return !config.has(MERGE) || config.text(MERGE).contains("unpad");
  }

  @Override
  public LlavaPrompts prompts(CheckpointFolder folder) {
    boolean timed = Settings.read(folder, "config.json").flag(TIMED, false);
    return new LlavaPrompts(folder, VideoMark.IMAGE, timed);
  }

  /** All settings are at the root. */
  @Override
  Settings text(Settings config) {
    return config;
  }

  @Override
  public Set<String> options() {
    return OPTIONS;
  }
}
