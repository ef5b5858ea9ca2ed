package io.tokenreel.model.family.llava;

import ai.djl.ndarray.NDArray;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.engine.EngineEncoder;
import io.tokenreel.model.engine.WeightLoader;

/** LLaVA's vision side: tower, projector, pooling. */
final class LlavaNetwork implements EngineEncoder.Network {

  private final OpenParts parts = new OpenParts();
  private final SiglipEncoder encoder;
  private final Projector projector;

  LlavaNetwork(WeightLoader loader, LlavaVisionConfig config, VisionWeights weights) {
    try {
      this.projector = parts.add(new Projector(loader, config, weights));
      this.encoder = parts.add(new SiglipEncoder(loader, config, weights));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  @Override
  public NDArray encode(NDArray rgb) {
    NDArray x = encoder.embed(encoder.scale(rgb.squeeze(1)));
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
