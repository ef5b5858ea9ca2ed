package io.tokenreel.model.family.djl;

import ai.djl.Device;
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
import io.tokenreel.model.checkpoint.FolderLayout;
import io.tokenreel.model.checkpoint.Revision;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.FixedFit;
import java.util.List;

/**
 * Any vision encoder that is exported as TorchScript or ONNX: a folder with that one file and
 * {@value FolderLayout#EXPORTED_SETTINGS}. It has no language model.
 */
public final class DjlFamily implements ModelFamily {

  private static final String NAME = "djl";

  @Override
  public FamilyInfo info() {
    return new FamilyInfo(
        FamilyInfo.EXPORTED,
        "any vision encoder in one TorchScript or ONNX file, from pixels [n, 3, height, width] to tokens [n, tokens, channels]",
        List.of("encode"),
        List.of("exported"),
        "what the file computes in, from and to float32",
        List.of("cpu", "cuda"),
        List.of());
  }

  @Override
  public VisionInfo describeVision(CheckpointFolder folder) {
    return info(folder, ExportedFile.of(folder), EncoderSettings.read(folder));
  }

  @Override
  public VisionTower openVision(CheckpointFolder folder, DeviceChoice device, int gpuPassFrames) {
    return BatchedTower.open(device, gpuPassFrames, on -> encoder(folder, on));
  }

  StepEncoder encoder(CheckpointFolder folder, Device device) {
    ExportedFile file = ExportedFile.of(folder);
    EncoderSettings settings = EncoderSettings.read(folder);
    return new DjlStepEncoder(info(folder, file, settings), file, settings, device);
  }

  private static VisionInfo info(
      CheckpointFolder folder, ExportedFile file, EncoderSettings settings) {
    file.requireEngine();
    return new VisionInfo(
        ModelKeys.of(folder, NAME, Revision.of(settings.canonical(), file.path())),
        folder.name(),
        new FixedFit(settings.frame()),
        new StepGrid.Fixed(settings.frame(), settings.grid()),
        settings.channels(),
        1,
        FeedLayout.plain(),
        EncoderOrigin.ofFile("exported encoder", settings.canonical()));
  }

  @Override
  public PromptStyle prompts(CheckpointFolder folder) {
    throw encodesOnly(folder);
  }

  @Override
  public LanguageInfo describeLanguage(CheckpointFolder folder) {
    throw encodesOnly(folder);
  }

  @Override
  public LanguageModel openLanguage(CheckpointFolder folder, DeviceChoice device) {
    throw encodesOnly(folder);
  }

  private static IllegalArgumentException encodesOnly(CheckpointFolder folder) {
    return new IllegalArgumentException(
        "model '%s%s' encodes only: it has no language model; to answer, name a checkpoint that `tokenreel models` lists with answer"
            .formatted(FolderLayout.EXPORTED_PREFIX, folder.uri()));
  }
}
