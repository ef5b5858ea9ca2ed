package io.tokenreel.model.llava;

import ai.djl.Device;
import io.tokenreel.model.CheckpointFolder;
import io.tokenreel.model.VisionFamily;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;

/** The LLaVA-OneVision family (arXiv 2408.03326): SigLIP, a two-layer projector, Qwen2. */
public final class LlavaOnevision implements VisionFamily {

  /** The architecture that config.json names. */
  public static final String ARCHITECTURE = "LlavaOnevisionForConditionalGeneration";

  @Override
  public VisionInfo describe(CheckpointFolder folder) {
    LlavaOnevisionConfig config = LlavaOnevisionConfig.read(folder);
    return info(folder, config, new VisionWeights(folder, config));
  }

  @Override
  public VisionTower open(CheckpointFolder folder, Device device, int gpuPassFrames) {
    LlavaOnevisionConfig config = LlavaOnevisionConfig.read(folder);
    VisionWeights weights = new VisionWeights(folder, config);
    return new LlavaOnevisionTower(
        info(folder, config, weights), config, weights, device, gpuPassFrames);
  }

  private static VisionInfo info(
      CheckpointFolder folder, LlavaOnevisionConfig config, VisionWeights weights) {
    int size = config.vision().imageSize();
    int grid = config.pooledGrid();
    return new VisionInfo(
        folder.name() + "@" + weights.revision(folder),
        size,
        size,
        grid,
        grid,
        config.textHidden(),
        weights.newline());
  }
}
