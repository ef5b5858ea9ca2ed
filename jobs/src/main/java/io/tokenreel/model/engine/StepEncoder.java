package io.tokenreel.model.engine;

import io.tokenreel.model.VisionInfo;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * What a family computes of a vision tower: steps of one frame size, each by itself. {@link
 * BatchedTower} makes a tower of it. Called by several threads at once; on a GPU by two, which take
 * turns at the device and not at the rest, see {@link DeviceTurn}.
 */
public interface StepEncoder extends AutoCloseable {

  /** What the tower is and gives. */
  VisionInfo info();

  /**
   * One forward pass.
   *
   * @param rgb of {@link #frameMemory}, uint8 {@code [steps][framesPerStep][height][width][3]};
   *     read only, valid during the call
   * @param steps of the pass
   * @param size of the frames, one that {@link VisionInfo#grid} takes
   * @param tokens takes those of the first steps, {@code [n][tokens of a step][planes * dim]}, as
   *     many as it has room for
   */
  void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens);

  /**
   * Memory for the frames of passes, the best that the device can be given them in.
   *
   * @return to be closed by the caller, before this encoder
   */
  default HostMemory frameMemory(int bytes) {
    return HostMemory.ofJava(bytes);
  }

  @Override
  void close();
}
