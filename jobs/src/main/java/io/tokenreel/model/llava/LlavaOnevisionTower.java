package io.tokenreel.model.llava;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.FrameRunner;
import io.tokenreel.model.engine.PyTorch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** LLaVA-OneVision's vision side on one device, in float32 whatever the weights are stored as. */
final class LlavaOnevisionTower implements VisionTower {

  private final OpenParts parts = new OpenParts();
  private final VisionInfo info;
  private final NDManager manager;
  private final SiglipEncoder encoder;
  private final Projector projector;
  private final FrameRunner runner;

  LlavaOnevisionTower(
      VisionInfo info,
      LlavaOnevisionConfig config,
      VisionWeights weights,
      Device device,
      int gpuPassFrames) {
    this.info = info;
    try {
      this.manager = parts.add(PyTorch.engine().newBaseManager(device));
      this.projector = new Projector(manager, config, weights);
      this.encoder = parts.add(new SiglipEncoder(manager, config, weights));
      this.runner =
          parts.add(
              new FrameRunner(
                  device, gpuPassFrames, info.frameBytes(), info.frameFloats(), this::forward));
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
  public float[] encode(byte[] rgb, int frames) {
    return runner.run(rgb, frames);
  }

  /** One forward pass; everything native that it made ends with it. */
  private void forward(ByteBuffer rgb, FloatBuffer values) {
    try (NDManager pass = manager.newSubManager()) {
      NDArray levels =
          pass.create(
              rgb,
              new Shape(runner.passFrames(), info.frameHeight(), info.frameWidth(), 3),
              DataType.UINT8);
      NDArray x = encoder.embed(encoder.scale(levels));
      for (int i = 0; i < encoder.layers(); i++) {
        NDArray next = encoder.layer(i, x);
        x.close();
        x = next;
      }
      NDArray pooled = projector.pool(projector.project(x));
      FloatBuffer all = pooled.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
      values.put(all.limit(values.remaining()));
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
