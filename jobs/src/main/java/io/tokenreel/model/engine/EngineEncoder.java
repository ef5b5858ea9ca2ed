package io.tokenreel.model.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.function.Function;

/** The network of a vision tower on one device. */
public final class EngineEncoder implements StepEncoder {

  /** From frames to tokens. Thread-safe. */
  public interface Network extends AutoCloseable {

    /**
     * One forward pass.
     *
     * @param rgb {@code (steps, framesPerStep, height, width, 3)}, uint8
     * @return {@code (steps, tokens, planes * dim)}, float32
     */
    NDArray encode(NDArray rgb);

    @Override
    void close();
  }

  private static final int COLOURS = 3;

  private final OpenParts parts = new OpenParts();
  private final VisionInfo info;
  private final NDManager manager;
  private final DevicePasses passes;
  private final Network network;

  /**
   * Loads a network.
   *
   * @param type of its matrices
   * @param load from what hands over its weights
   */
  public EngineEncoder(
      VisionInfo info, Device device, ComputeType type, Function<WeightLoader, Network> load) {
    this.info = info;
    try {
      this.manager = parts.add(PyTorch.engine().newBaseManager(device));
      this.passes = parts.add(new DevicePasses(manager));
      this.network = parts.add(load.apply(new WeightLoader(manager, type)));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  /** Owns all that is native here, so that a test can count it. */
  public NDManager manager() {
    return manager;
  }

  @Override
  public VisionInfo info() {
    return info;
  }

  @Override
  public HostMemory frameMemory(int bytes) {
    return passes.frameMemory(bytes);
  }

  @Override
  public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
    int frames = info.grid().framesPerStep();
    Shape shape = new Shape(steps, frames, size.height(), size.width(), COLOURS);
    passes.run(rgb, shape, tokens, network::encode);
  }

  @Override
  public void close() {
    parts.close();
  }
}
