package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Revision;
import java.util.Optional;
import java.util.Set;

/**
 * How a family's checkpoints become vision towers and language models; stateless. A public class
 * with a constructor without parameters, which a jar names in its {@code
 * META-INF/services/io.tokenreel.model.ModelFamily}; {@link FamilyInfo#architecture} is what it
 * opens.
 */
public interface ModelFamily {

  /**
   * The option by which a user sizes frames otherwise than the checkpoint says, a {@link
   * io.tokenreel.video.FrameFit}; of the families that take frames of any size.
   */
  String FIT = "tokenreel_fit";

  /** What is supported, for those who choose a model. */
  FamilyInfo info();

  /**
   * Keys of config.json that a user may set with the model's name, those of every family aside;
   * none unless a family has some.
   */
  default Set<String> options() {
    return Set.of();
  }

  /**
   * What the tower of a checkpoint is and gives, from its settings and stored tensors alone.
   *
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  VisionInfo describeVision(CheckpointFolder folder);

  /**
   * Loads the tower of a checkpoint.
   *
   * @param device cpu or a GPU that is there, never auto
   * @param gpuPassFrames frames of a forward pass where the device is a GPU, at least 1
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  VisionTower openVision(CheckpointFolder folder, DeviceChoice device, int gpuPassFrames);

  /** How the language model of a checkpoint is fed. */
  PromptStyle prompts(CheckpointFolder folder);

  /**
   * What the language model of a checkpoint is, from its settings and stored tensors alone.
   *
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  LanguageInfo describeLanguage(CheckpointFolder folder);

  /**
   * The revision in the names that version 0.1.0 gave to the tower, {@link Revision#legacy}; empty
   * for a family that it did not have.
   */
  default Optional<String> legacyVisionRevision(CheckpointFolder folder) {
    return Optional.empty();
  }

  /** As above, of the names that it gave to the language model. */
  default Optional<String> legacyLanguageRevision(CheckpointFolder folder) {
    return Optional.empty();
  }

  /**
   * Loads the language model of a checkpoint.
   *
   * @param device cpu or a GPU that is there, never auto
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  LanguageModel openLanguage(CheckpointFolder folder, DeviceChoice device);
}
