package io.tokenreel.model.engine;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * What a family computes of a vision tower: steps of one frame size, each by itself. {@link
 * BatchedTower} makes a tower of it. Called by several threads at once where the device is the CPU.
 */
public interface StepEncoder extends AutoCloseable {

  /** What the tower is and gives. */
  VisionInfo info();

  /**
   * One forward pass.
   *
   * @param rgb direct, uint8 {@code [steps][framesPerStep][height][width][3]}; read only, valid
   *     during the call
   * @param steps of the pass
   * @param size of the frames, one that {@link VisionInfo#grid} takes
   * @param tokens takes those of the first steps, {@code [n][tokens of a step][planes * dim]}, as
   *     many as it has room for
   */
  void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens);

  @Override
  void close();
}
