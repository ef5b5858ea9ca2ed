package io.tokenreel.model.llava;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.engine.PyTorch;
import io.tokenreel.model.engine.StepEncoder;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.video.FrameSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** LLaVA's vision side on one device. */
final class LlavaStepEncoder implements StepEncoder {

  private final OpenParts parts = new OpenParts();
  private final VisionInfo info;
  private final NDManager manager;
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

  /** Everything native that a pass makes ends with it. */
  @Override
  public void encode(ByteBuffer rgb, int steps, FrameSize size, FloatBuffer tokens) {
    try (NDManager pass = manager.newSubManager()) {
      NDArray levels =
          pass.create(rgb, new Shape(steps, size.height(), size.width(), 3), DataType.UINT8);
      NDArray x = encoder.embed(encoder.scale(levels));
      for (int i = 0; i < encoder.layers(); i++) {
        NDArray next = encoder.layer(i, x);
        x.close();
        x = next;
      }
      NDArray pooled = projector.pool(projector.project(x));
      FloatBuffer all = pooled.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
      tokens.put(all.limit(tokens.remaining()));
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
