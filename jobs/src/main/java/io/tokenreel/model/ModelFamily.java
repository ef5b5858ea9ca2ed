package io.tokenreel.model;

import ai.djl.Device;

/** How a family's checkpoints become vision towers and language models; stateless. */
public interface ModelFamily {

  /** What is supported, for those who choose a model. */
  FamilyInfo info();

  /**
   * What the tower of a checkpoint is and gives, from its settings and stored tensors alone.
   *
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  VisionInfo describeVision(CheckpointFolder folder);

  /**
   * Loads the tower of a checkpoint.
   *
   * @param gpuPassFrames frames of a forward pass where the device is a GPU
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  VisionTower openVision(CheckpointFolder folder, Device device, int gpuPassFrames);

  /**
   * What the language model of a checkpoint is, from its settings and stored tensors alone.
   *
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  LanguageInfo describeLanguage(CheckpointFolder folder);

  /** The revision in the names that version 0.1.0 gave to the tower: {@link Revision#legacy}. */
  String legacyVisionRevision(CheckpointFolder folder);

  /** The revision in the names that version 0.1.0 gave to the language model. */
  String legacyLanguageRevision(CheckpointFolder folder);

  /**
   * Loads the language model of a checkpoint.
   *
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  LanguageModel openLanguage(CheckpointFolder folder, Device device);
}
