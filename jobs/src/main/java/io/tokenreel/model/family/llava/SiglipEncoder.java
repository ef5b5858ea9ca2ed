package io.tokenreel.model.family.llava;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.tokenreel.model.OpenParts;
import io.tokenreel.model.engine.TorchFunction;
import io.tokenreel.model.engine.WeightLoader;
import io.tokenreel.model.safetensors.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * SigLIP's vision tower (arXiv 2303.15343) up to the layer that LLaVA-OneVision reads, which comes
 * before the tower's last norm: patches, learned positions, pre-norm layers.
 *
 * <p>Results belong to the manager of the first argument. Thread-safe.
 */
final class SiglipEncoder implements AutoCloseable {

  /** The tensors of a layer in the order of the helper's arguments. */
  private static final List<String> LAYER =
      List.of(
          "layer_norm1",
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.v_proj",
          "self_attn.out_proj",
          "layer_norm2",
          "mlp.fc1",
          "mlp.fc2");

  private final SiglipConfig config;
  private final PixelScale pixels;
  private final NDList patches; // weight (hidden, 3 * patch * patch), bias (hidden)
  private final NDArray positions; // (patches, hidden)
  private final NDArray factor; // (1)
  private final NDArray mean; // (3)
  private final NDArray deviation; // (3)
  private final List<NDList> layers = new ArrayList<>();
  private final OpenParts parts = new OpenParts();
  private final TorchFunction linearFunction;
  private final TorchFunction layerFunction;

  /**
   * Loads the weights.
   *
   * @param loader its manager owns what is made here
   */
  SiglipEncoder(WeightLoader loader, LlavaVisionConfig config, VisionWeights weights) {
    this.config = config.vision();
    this.pixels = config.pixels();
    this.patches =
        new NDList(
            loader
                .matrix(weights.tensor(VisionWeights.PATCH + ".weight"))
                .reshape(this.config.hidden(), this.config.patchValues()),
            loader.values(weights.tensor(VisionWeights.PATCH + ".bias")));
    this.positions = loader.values(weights.tensor(VisionWeights.POSITIONS));
    this.factor = loader.values((float) pixels.factor());
    this.mean = loader.values(floats(pixels.mean()));
    this.deviation = loader.values(floats(pixels.deviation()));
    for (int i = 0; i < config.featureLayer(); i++) {
      layers.add(layer(loader, weights, i));
    }
    try {
      this.linearFunction = parts.add(loader.linear());
      this.layerFunction = parts.add(loader.function(SiglipEncoder.class, "siglip_layer.pt"));
    } catch (RuntimeException | Error e) {
      parts.close();
      throw e;
    }
  }

  private NDList layer(WeightLoader loader, VisionWeights weights, int index) {
    NDList arguments = new NDList();
    for (String name : LAYER) {
      String prefix = VisionWeights.layer(index) + "." + name;
      Tensor weight = weights.tensor(prefix + ".weight");
      if (name.startsWith("layer_norm")) {
        arguments.add(loader.values(weight));
      } else {
        NDArray matrix = loader.matrix(weight);
        boolean heads = name.matches(".*\\.[qkv]_proj");
        arguments.add(
            heads ? matrix.reshape(config.heads(), config.headSize(), config.hidden()) : matrix);
      }
      arguments.add(loader.values(weights.tensor(prefix + ".bias")));
    }
    arguments.add(loader.scalar(config.epsilon()));
    return arguments;
  }

  /** Encoder layers up to the one that is read. */
  int layers() {
    return layers.size();
  }

  /**
   * Scales levels to the tower's input.
   *
   * @param rgb {@code (n, imageSize, imageSize, 3)}, uint8
   * @return {@code (n, imageSize, imageSize, 3)}, float32
   */
  NDArray scale(NDArray rgb) {
    return rgb.toType(DataType.FLOAT32, true).mul(factor).sub(mean).div(deviation);
  }

  /**
   * Hidden state 0: every patch's embedding plus its position's. The convolution of patches that do
   * not overlap is a linear map of each patch.
   *
   * @param scaled {@code (n, imageSize, imageSize, 3)}
   * @return {@code (n, patches, hidden)}
   */
  NDArray embed(NDArray scaled) {
    long frames = scaled.getShape().get(0);
    int grid = config.grid();
    int size = config.patchSize();
    int used = grid * size;
    NDArray cut =
        scaled
            .get(":, :%d, :%d, :".formatted(used, used))
            .reshape(frames, grid, size, grid, size, 3)
            .transpose(0, 1, 3, 5, 2, 4) // (n, row, column, colour, y, x)
            .reshape(frames, config.patches(), config.patchValues());
    return linearFunction.apply(cut, patches).add(positions);
  }

  /**
   * Hidden state {@code index + 1} from hidden state {@code index}.
   *
   * @param x {@code (n, patches, hidden)}
   */
  NDArray layer(int index, NDArray x) {
    return layerFunction.apply(x, layers.get(index));
  }

  @Override
  public void close() {
    parts.close();
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
