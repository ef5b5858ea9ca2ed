package io.tokenreel.model.family.llava;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.engine.DevicePasses;
import io.tokenreel.model.engine.HostMemory;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** LLaVA's vision side on one device. */
final class LlavaStepEncoder implements StepEncoder {

  private final OpenParts parts = new OpenParts();
  private final VisionInfo info;
  private final NDManager manager;
  private final DevicePasses passes;
  private final SiglipEncoder encoder;
  private final Projector projector;

  LlavaStepEncoder(
      VisionInfo info,
      LlavaVisionConfig config,
      VisionWeights weights,
      Device device,
      ComputeType type) {
    this.info = info;
    try {
      this.manager = parts.add(PyTorch.engine().newBaseManager(device));
      this.passes = parts.add(new DevicePasses(manager));
      WeightLoader loader = new WeightLoader(manager, type);
      this.projector = parts.add(new Projector(loader, config, weights));
      this.encoder = parts.add(new SiglipEncoder(loader, config, weights));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  /** Owns all that is native here, so that a test can count it. */
  NDManager manager() {
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
    passes.run(rgb, new Shape(steps, size.height(), size.width(), 3), tokens, this::encoded);
  }

  private NDArray encoded(NDArray levels) {
    NDArray x = encoder.embed(encoder.scale(levels));
    for (int i = 0; i < encoder.layers(); i++) {
      NDArray next = encoder.layer(i, x);
      x.close();
      x = next;
    }
    return projector.pool(projector.project(x));
  }

  @Override
  public void close() {
    parts.close();
  }
}
