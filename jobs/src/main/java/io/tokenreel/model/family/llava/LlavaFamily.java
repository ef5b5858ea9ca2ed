package io.tokenreel.model.family.llava;

import ai.djl.Device;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.ModelFamily;
import io.tokenreel.model.ModelKeys;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.decoder.DecoderCheckpoint;
import io.tokenreel.model.decoder.DecoderKind;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.EngineEncoder;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.util.Optional;
import java.util.OptionalInt;

/** What LLaVA's families share; each says where its checkpoints keep which setting. */
abstract class LlavaFamily implements ModelFamily {

  private final String name;
  private final String label;

  /**
   * @param name in the names of encoders
   * @param label for people
   */
  LlavaFamily(String name, String label) {
    this.name = name;
    this.label = label;
  }

  /**
   * The vision side's settings.
   *
   * @throws IllegalArgumentException for one that is malformed or that this family does not
   *     compute; the message names it
   */
  abstract LlavaVisionConfig vision(CheckpointFolder folder);

  /**
   * The language model's settings.
   *
   * @param config config.json
   */
  abstract Settings text(Settings config);

  @Override
  public abstract LlavaPrompts prompts(CheckpointFolder folder);

  @Override
  public final VisionInfo describeVision(CheckpointFolder folder) {
    LlavaVisionConfig config = vision(folder);
    return info(folder, config, new VisionWeights(folder, config));
  }

  @Override
  public final VisionTower openVision(
      CheckpointFolder folder, DeviceChoice device, int gpuPassFrames) {
    return BatchedTower.open(device, gpuPassFrames, on -> encoder(folder, on));
  }

  final StepEncoder encoder(CheckpointFolder folder, Device device) {
    LlavaVisionConfig config = vision(folder);
    VisionWeights weights = new VisionWeights(folder, config);
    return new EngineEncoder(
        info(folder, config, weights),
        device,
        ComputeType.of(folder),
        loader -> new LlavaNetwork(loader, config, weights));
  }

  private VisionInfo info(
      CheckpointFolder folder, LlavaVisionConfig config, VisionWeights weights) {
    FrameSize size = new FrameSize(config.vision().imageSize(), config.vision().imageSize());
    int grid = config.pooledGrid();
    return new VisionInfo(
        ModelKeys.of(folder, name, weights.revision(config)),
        folder.name(),
        new FixedFit(size),
        new StepGrid.Fixed(size, new StepGrid.Size(grid, grid)),
        config.textHidden(),
        1,
        config.layout() == FeedLayout.Kind.PLAIN
            ? FeedLayout.plain()
            : new FeedLayout(config.layout(), weights.newline()),
        new EncoderOrigin(
            label,
            Optional.of(info().architecture()),
            1,
            OptionalInt.empty(),
            OptionalInt.empty(),
            config.canonical(),
            weights.names()));
  }

  @Override
  public final LanguageInfo describeLanguage(CheckpointFolder folder) {
    return language(folder).info();
  }

  @Override
  public final LanguageModel openLanguage(CheckpointFolder folder, DeviceChoice device) {
    return language(folder).open(device);
  }

  final DecoderCheckpoint language(CheckpointFolder folder) {
    Settings config = Settings.read(folder, "config.json");
    return new DecoderCheckpoint(
        folder, config, text(config), DecoderKind.QWEN2, prompts(folder), 1);
  }
}
