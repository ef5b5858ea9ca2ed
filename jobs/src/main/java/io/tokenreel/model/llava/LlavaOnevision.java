package io.tokenreel.model.llava;

import ai.djl.Device;
import io.tokenreel.model.CheckpointFolder;
import io.tokenreel.model.FamilyInfo;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.ModelFamily;
import io.tokenreel.model.Settings;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.qwen2.Qwen2Checkpoint;
import io.tokenreel.token.FeedLayout;
import java.util.List;

/** The LLaVA-OneVision family (arXiv 2408.03326): SigLIP, a two-layer projector, Qwen2. */
public final class LlavaOnevision implements ModelFamily {

  private static final String NAME = "llava_onevision";

  /** The architecture that config.json names. */
  public static final String ARCHITECTURE = "LlavaOnevisionForConditionalGeneration";

  @Override
  public FamilyInfo info() {
    return new FamilyInfo(
        ARCHITECTURE,
        "LLaVA-OneVision (arXiv 2408.03326): a SigLIP vision tower, a two-layer projector, a Qwen2 decoder",
        List.of("encode", "answer"),
        List.of("F32", "F16", "BF16"),
        "f32",
        List.of("cpu", "cuda"));
  }

  @Override
  public VisionInfo describeVision(CheckpointFolder folder) {
    LlavaOnevisionConfig config = LlavaOnevisionConfig.read(folder);
    return info(folder, config, new VisionWeights(folder, config));
  }

  @Override
  public VisionTower openVision(CheckpointFolder folder, Device device, int gpuPassFrames) {
    LlavaOnevisionConfig config = LlavaOnevisionConfig.read(folder);
    VisionWeights weights = new VisionWeights(folder, config);
    return new LlavaOnevisionTower(
        info(folder, config, weights), config, weights, device, gpuPassFrames);
  }

  @Override
  public LanguageInfo describeLanguage(CheckpointFolder folder) {
    return new Qwen2Checkpoint(folder, config(folder)).info();
  }

  @Override
  public String legacyVisionRevision(CheckpointFolder folder) {
    return new VisionWeights(folder, LlavaOnevisionConfig.read(folder)).legacyRevision(folder);
  }

  @Override
  public String legacyLanguageRevision(CheckpointFolder folder) {
    return new Qwen2Checkpoint(folder, config(folder)).legacyRevision();
  }

  @Override
  public LanguageModel openLanguage(CheckpointFolder folder, Device device) {
    return new Qwen2Checkpoint(folder, config(folder)).open(device);
  }

  private static Settings config(CheckpointFolder folder) {
    return Settings.read(folder, "config.json");
  }

  private static VisionInfo info(
      CheckpointFolder folder, LlavaOnevisionConfig config, VisionWeights weights) {
    int size = config.vision().imageSize();
    int grid = config.pooledGrid();
    return new VisionInfo(
        NAME + "@" + weights.revision(config),
        folder.name(),
        size,
        size,
        grid,
        grid,
        config.textHidden(),
        new FeedLayout(FeedLayout.Kind.CLOSING, weights.newline()));
  }
}
