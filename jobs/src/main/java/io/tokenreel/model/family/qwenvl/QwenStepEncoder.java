package io.tokenreel.model.family.qwenvl;

import ai.djl.Device;
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

/** A Qwen-VL's vision side on one device. */
final class QwenStepEncoder implements StepEncoder {

  private final OpenParts parts = new OpenParts();
  private final VisionInfo info;
  private final DevicePasses passes;
  private final QwenVisionEncoder encoder;

  QwenStepEncoder(
      VisionInfo info,
      QwenVisionConfig config,
      QwenPixels pixels,
      QwenVisionWeights weights,
      Device device,
      ComputeType type) {
    this.info = info;
    try {
      NDManager manager = parts.add(PyTorch.engine().newBaseManager(device));
      this.passes = parts.add(new DevicePasses(manager));
      this.encoder =
          parts.add(
              new QwenVisionEncoder(new WeightLoader(manager, type), config, pixels, weights));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
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
    Shape frames = new Shape(steps, QwenVisionConfig.STEP_FRAMES, size.height(), size.width(), 3);
    passes.run(rgb, frames, tokens, encoder::encode);
  }

  @Override
  public void close() {
    parts.close();
  }
}
