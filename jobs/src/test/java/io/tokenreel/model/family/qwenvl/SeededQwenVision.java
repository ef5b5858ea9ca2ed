package io.tokenreel.model.family.qwenvl;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.model.safetensors.RandomTensor;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.video.FrameSize;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A Qwen-VL vision side with weights from a seed, the same on every machine.
 *
 * @param config the tower's sizes
 * @param seed of the weights
 */
public record SeededQwenVision(QwenVisionConfig config, long seed) {

  static final QwenVisionConfig QWEN2 =
      new QwenVisionConfig(
          QwenVlKind.QWEN2_VL, 4, 3, 24, 48, 2, 3, 20, 10_000, 0, List.of(), 0, List.of(), 0);

  static final QwenVisionConfig QWEN2_5 =
      new QwenVisionConfig(
          QwenVlKind.QWEN2_5_VL, 5, 2, 24, 28, 4, 2, 20, 10_000, 3, List.of(1), 0, List.of(), 2);

  /** The same with more channels inside the MLPs. */
  static final QwenVisionConfig QWEN2_5_WIDE =
      new QwenVisionConfig(
          QwenVlKind.QWEN2_5_VL, 5, 2, 24, 32, 4, 2, 20, 10_000, 3, List.of(1), 0, List.of(), 2);

  static final QwenVisionConfig QWEN3 =
      new QwenVisionConfig(
          QwenVlKind.QWEN3_VL, 4, 2, 16, 40, 4, 4, 12, 10_000, 0, List.of(), 5, List.of(1, 3), 0);

  /**
   * The widths of Qwen2.5-VL-7B's tower, for benchmarks.
   *
   * @param layers the published one has 32
   */
  public static SeededQwenVision sevenBillion(int layers) {
    List<Integer> whole =
        IntStream.range(0, layers).filter(layer -> layer % 8 == 7).boxed().toList();
    return new SeededQwenVision(
        new QwenVisionConfig(
            QwenVlKind.QWEN2_5_VL,
            14,
            2,
            1280,
            3420,
            layers,
            16,
            3584,
            10_000,
            4,
            whole,
            0,
            List.of(),
            2),
        20261129);
  }

  /** Floating-point operations of the matrix products that frames take. */
  public double operations(int frames, FrameSize size) {
    double patches = (double) size.height() * size.width() / config.patch() / config.patch();
    double window = Math.pow((double) config.window() * config.merge(), 2);
    double hidden = config.hidden();
    double layer = 4 * hidden * hidden + 3 * hidden * config.intermediate();
    double seen =
        config.wholeLayers().size() * patches
            + (config.layers() - config.wholeLayers().size()) * window;
    double merged = (double) config.mergedHidden() * (config.mergedHidden() + config.out());
    double step =
        patches * (config.patchValues() * hidden + config.layers() * layer + 2 * hidden * seen)
            + patches / config.merge() / config.merge() * merged;
    return 2 * step * frames / QwenVisionConfig.STEP_FRAMES;
  }

  /** Writes under the published names. */
  public void write(Path folder) throws IOException {
    write(folder, name -> name);
  }

  /** The settings of awkward sizes above. */
  static QwenVisionConfig config(QwenVlKind kind) {
    return switch (kind) {
      case QWEN2_VL -> QWEN2;
      case QWEN2_5_VL -> QWEN2_5;
      case QWEN3_VL -> QWEN3;
    };
  }

  /**
   * Writes config.json, preprocessor_config.json and model.safetensors.
   *
   * @param folder is made when it is missing
   * @param names from the canonical name of a tensor to the stored one
   */
  void write(Path folder, UnaryOperator<String> names) throws IOException {
    Files.createDirectories(folder);
    ObjectMapper json = new ObjectMapper();
    json.writeValue(
        folder.resolve("config.json").toFile(),
        Map.of("architectures", List.of(config.kind().architecture()), "vision_config", vision()));
    json.writeValue(
        folder.resolve("preprocessor_config.json").toFile(),
        Map.of("patch_size", config.patch(), "merge_size", config.merge()));
    Map<String, Tensor> stored = new LinkedHashMap<>();
    tensors().forEach((name, tensor) -> stored.put(names.apply(name), tensor));
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("model.safetensors")))) {
      SafetensorsWriter.write(out, stored, Map.of("format", "pt"));
    }
  }

  private Map<String, Object> vision() {
    Map<String, Object> vision = new LinkedHashMap<>();
    boolean first = config.kind() == QwenVlKind.QWEN2_VL;
    vision.put("depth", config.layers());
    vision.put("num_heads", config.heads());
    vision.put("patch_size", config.patch());
    vision.put("spatial_merge_size", config.merge());
    vision.put(first ? "embed_dim" : "hidden_size", config.hidden());
    vision.put(first ? "hidden_size" : "out_hidden_size", config.out());
    if (first) {
      vision.put("mlp_ratio", config.intermediate() / config.hidden());
    } else {
      vision.put("intermediate_size", config.intermediate());
    }
    if (config.window() > 0) {
      vision.put("window_size", config.window() * config.factor());
      vision.put("fullatt_block_indexes", config.wholeLayers());
      vision.put("tokens_per_second", config.tokensPerSecond());
    }
    if (config.positionSide() > 0) {
      vision.put("num_position_embeddings", config.positionSide() * config.positionSide());
      vision.put("deepstack_visual_indexes", config.deepstack());
    }
    return vision;
  }

  /** All tensors under their canonical names, float32, sorted by name. */
  LinkedHashMap<String, Tensor> tensors() {
    SplittableRandom random = new SplittableRandom(seed);
    LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
    QwenVisionWeights.expected(config)
        .forEach((name, shape) -> tensors.put(name, tensor(name, shape, random.split())));
    return tensors;
  }

  /** Linear maps keep the variance of what they map, norms start at one, biases near zero. */
  private static Tensor tensor(String name, List<Long> shape, SplittableRandom random) {
    boolean norm = shape.size() == 1 && name.endsWith(".weight");
    long inputs = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
    double deviation = shape.size() == 1 ? 0.1 : 1 / Math.sqrt((double) inputs);
    return RandomTensor.uniform(
        SafetensorsDtype.F32,
        shape,
        norm ? 1 : 0,
        name.equals(QwenVisionWeights.POSITIONS) ? 0.5 : deviation,
        random);
  }
}
