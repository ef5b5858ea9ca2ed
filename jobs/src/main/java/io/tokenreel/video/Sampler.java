package io.tokenreel.video;

import java.io.Serializable;

/**
 * Chooses frames of a video by their place in presentation order. Implementations are records whose
 * {@code toString} is the canonical spec.
 */
public interface Sampler extends Serializable {

  /** The most frames that {@link #choose} returns. */
  int maxFrames();

  /**
   * @return indices into the frames, ascending; equal where a frame is wanted more than once
   */
  int[] choose(FrameTimes frames);
}
