package io.tokenreel.model.family.qwenvl;

import ai.djl.Device;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.FamilyInfo;
import io.tokenreel.model.LanguageInfo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.ModelFamily;
import io.tokenreel.model.ModelKeys;
import io.tokenreel.model.PromptStyle;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.decoder.DecoderCheckpoint;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.EngineEncoder;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.token.FeedLayout;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What the Qwen-VL families share, by their kind. */
abstract class QwenVl implements ModelFamily {

  private final QwenVlKind kind;

  QwenVl(QwenVlKind kind) {
    this.kind = kind;
  }

  @Override
  public FamilyInfo info() {
    return FamilyInfo.ofCheckpoints(kind.architecture(), kind.meaning(), options());
  }

  @Override
  public Set<String> options() {
    return kind == QwenVlKind.QWEN3_VL
        ? Set.of(FIT, QwenPrompts.TEXT)
        : Set.of(FIT, QwenPrompts.RULE);
  }

  @Override
  public VisionInfo describeVision(CheckpointFolder folder) {
    QwenVisionConfig config = QwenVisionConfig.read(kind, folder);
    return info(
        folder, config, QwenPixels.read(folder, config), new QwenVisionWeights(folder, config));
  }

  @Override
  public final VisionTower openVision(
      CheckpointFolder folder, DeviceChoice device, int gpuPassFrames) {
    return BatchedTower.open(device, gpuPassFrames, on -> encoder(folder, on));
  }

  StepEncoder encoder(CheckpointFolder folder, Device device) {
    QwenVisionConfig config = QwenVisionConfig.read(kind, folder);
    QwenPixels pixels = QwenPixels.read(folder, config);
    QwenVisionWeights weights = new QwenVisionWeights(folder, config);
    return new EngineEncoder(
        info(folder, config, pixels, weights),
        device,
        ComputeType.of(folder),
        loader -> new QwenVisionEncoder(loader, config, pixels, weights));
  }

  private VisionInfo info(
      CheckpointFolder folder,
      QwenVisionConfig config,
      QwenPixels pixels,
      QwenVisionWeights weights) {
    String settings = config.canonical() + "\n" + pixels.canonical();
    return new VisionInfo(
        ModelKeys.of(folder, kind.modelType(), weights.revision(settings)),
        folder.name(),
        pixels.fit(),
        new StepGrid.Cells(QwenVisionConfig.STEP_FRAMES, config.factor()),
        config.out(),
        config.planes(),
        FeedLayout.plain(),
        new EncoderOrigin(
            kind.label(),
            Optional.of(kind.architecture()),
            QwenPositions.AXES,
            config.tokensPerSecond() == 0
                ? OptionalInt.empty()
                : OptionalInt.of(config.tokensPerSecond()),
            OptionalInt.of(config.merge()),
            settings,
            weights.names()));
  }

  @Override
  public PromptStyle prompts(CheckpointFolder folder) {
    return QwenPrompts.of(folder, QwenVisionConfig.read(kind, folder));
  }

  @Override
  public LanguageInfo describeLanguage(CheckpointFolder folder) {
    return language(folder).info();
  }

  @Override
  public LanguageModel openLanguage(CheckpointFolder folder, DeviceChoice device) {
    return language(folder).open(device);
  }

  /** Published checkpoints have the language model's settings at the root, later ones apart. */
  private DecoderCheckpoint language(CheckpointFolder folder) {
    Settings config = Settings.read(folder, "config.json");
    Settings text = config.has("text_config") ? config.section("text_config") : config;
    QwenVisionConfig vision = QwenVisionConfig.read(kind, folder);
    return new DecoderCheckpoint(
        folder, config, text, kind.decoder(), QwenPrompts.of(folder, vision), vision.planes());
  }
}
