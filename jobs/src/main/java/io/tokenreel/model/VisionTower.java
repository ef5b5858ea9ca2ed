package io.tokenreel.model;

/**
 * A model's vision side on one device: from RGB frames to the tokens that its language model is
 * fed, before compression.
 *
 * <p>Thread-safe: the frames of concurrent calls share the device. The tokens of a frame do not
 * depend, to the last bit, on the frames it is batched with or on the number of threads; on a GPU
 * they do, within rounding, on the frames of a pass that the tower was opened with.
 */
public interface VisionTower extends AutoCloseable {

  /** What this tower is and gives. */
  VisionInfo info();

  /**
   * Encodes a batch of frames.
   *
   * @param rgb {@code [frames][height][width][3]}, uint8, of the size that {@link #info} names
   * @return {@code [frames][tokensPerFrame][dim]}, row-major
   */
  float[] encode(byte[] rgb, int frames);

  @Override
  void close();
}
