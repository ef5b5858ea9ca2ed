package io.tokenreel.model.family.llava;

import io.tokenreel.model.safetensors.RandomTensor;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.token.FeedLayout;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A LLaVA-OneVision vision side with weights from a seed, in the published layout: what a model is
 * before training. The same values give the same bytes on every machine.
 *
 * @param vision the tower's sizes
 * @param textHidden channels of a token
 * @param seed of the weights
 */
public record SeededCheckpoint(SiglipConfig vision, int textHidden, long seed) {

  private static final String CONFIG =
      """
      {
        "architectures": ["%s"],
        "model_type": "llava_onevision",
        "projector_hidden_act": "gelu",
        "vision_feature_layer": -1,
        "vision_feature_select_strategy": "full",
        "torch_dtype": "float32",
        "text_config": {"model_type": "qwen2", "hidden_size": %d},
        "vision_config": {
          "model_type": "siglip_vision_model",
          "image_size": %d,
          "patch_size": %d,
          "num_channels": 3,
          "hidden_size": %d,
          "intermediate_size": %d,
          "num_hidden_layers": %d,
          "num_attention_heads": %d,
          "hidden_act": "gelu_pytorch_tanh",
          "layer_norm_eps": 1e-06,
          "vision_use_head": false
        }
      }
      """;

  private static final String PREPROCESSOR =
      """
      {
        "image_processor_type": "LlavaOnevisionImageProcessor",
        "do_resize": true,
        "do_rescale": true,
        "do_normalize": true,
        "resample": 3,
        "rescale_factor": 0.00392156862745098,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
        "size": {"height": %d, "width": %d}
      }
      """;

  /**
   * SigLIP-so400m's widths, before the widths of a small language model, for benchmarks.
   *
   * @param layers encoder layers
   */
  public static SeededCheckpoint so400m(int layers) {
    return new SeededCheckpoint(
        new SiglipConfig(384, 14, 1152, 4304, layers, 16, 1e-6), 896, 20261121);
  }

  /**
   * SigLIP-base's widths at 224 pixels, for benchmarks of whole jobs.
   *
   * @param layers encoder layers
   */
  public static SeededCheckpoint base(int layers) {
    return new SeededCheckpoint(
        new SiglipConfig(224, 16, 768, 3072, layers, 12, 1e-6), 896, 20261121);
  }

  /**
   * Writes config.json, preprocessor_config.json and model.safetensors.
   *
   * @param folder is made when it is missing
   */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config());
    Files.writeString(folder.resolve("preprocessor_config.json"), preprocessor());
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("model.safetensors")))) {
      SafetensorsWriter.write(out, tensors(), Map.of("format", "pt"));
    }
  }

  /** Floating-point operations of the matrix products that one frame takes. */
  public double operations() {
    double patches = vision.patches();
    double hidden = vision.hidden();
    double attention = 4 * hidden * hidden + 2 * patches * hidden;
    double mlp = 2 * hidden * vision.intermediate();
    double projector = hidden * textHidden + (double) textHidden * textHidden;
    return 2
        * patches
        * (hidden * vision.patchValues() + vision.layers() * (attention + mlp) + projector);
  }

  String config() {
    return CONFIG.formatted(
        LlavaOnevision.ARCHITECTURE,
        textHidden,
        vision.imageSize(),
        vision.patchSize(),
        vision.hidden(),
        vision.intermediate(),
        vision.layers(),
        vision.heads());
  }

  String preprocessor() {
    return PREPROCESSOR.formatted(vision.imageSize(), vision.imageSize());
  }

  /** All tensors under their published names, float32, sorted by name. */
  LinkedHashMap<String, Tensor> tensors() {
    LlavaVisionConfig config =
        new LlavaVisionConfig(
            vision,
            vision.layers(),
            textHidden,
            true,
            new PixelScale(1 / 255.0, new double[] {0.5, 0.5, 0.5}, new double[] {0.5, 0.5, 0.5}),
            GridPooling.BILINEAR,
            FeedLayout.Kind.CLOSING);
    SplittableRandom random = new SplittableRandom(seed);
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    VisionWeights.expected(config)
        .forEach(
            (name, shape) ->
                tensors.put(
                    name.replace("vision_tower.", "vision_tower.vision_model."),
                    tensor(name, shape, random.split())));
    return tensors;
  }

  /** Linear maps keep the variance of what they map, norms start at one, biases near zero. */
  private static Tensor tensor(String name, List<Long> shape, SplittableRandom random) {
    boolean norm = name.contains("layer_norm") && name.endsWith(".weight");
    boolean bias = name.endsWith(".bias");
    double deviation = bias || norm ? 0.02 : 1 / Math.sqrt((double) inputs(shape));
    if (name.equals(VisionWeights.NEWLINE) || name.equals(VisionWeights.POSITIONS)) {
      deviation = 0.5;
    }
    return RandomTensor.uniform(SafetensorsDtype.F32, shape, norm ? 1 : 0, deviation, random);
  }

  private static long inputs(List<Long> shape) {
    return shape.stream().skip(1).reduce(1L, Math::multiplyExact);
  }
}
