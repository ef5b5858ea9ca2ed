package io.tokenreel.model;

import ai.djl.Device;

/** How a family's checkpoints become vision towers; stateless. */
public interface VisionFamily {

  /**
   * What the tower of a checkpoint is and gives, from its settings and stored tensors alone.
   *
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  VisionInfo describe(CheckpointFolder folder);

  /**
   * Loads the tower of a checkpoint.
   *
   * @param gpuPassFrames frames of a forward pass where the device is a GPU
   * @throws IllegalArgumentException when the checkpoint is incomplete or malformed
   */
  VisionTower open(CheckpointFolder folder, Device device, int gpuPassFrames);
}
