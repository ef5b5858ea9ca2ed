package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.CheckpointTensors;
import io.tokenreel.model.checkpoint.Revision;
import io.tokenreel.model.safetensors.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tensors that a Qwen-VL checkpoint's vision side is computed from, each there and of its
 * shape.
 *
 * <p>Canonical names are those of the published Qwen2-VL and Qwen2.5-VL, {@code visual.*}; Qwen3-VL
 * and what newer Transformers save put {@code model.} before them.
 */
final class QwenVisionWeights {

  static final String PATCH = "visual.patch_embed.proj";
  static final String POSITIONS = "visual.pos_embed.weight";
  static final String MERGER = "visual.merger";

  private static final String MODEL = "model.";
  private static final String VISUAL = "visual.";

  private final TreeMap<String, Tensor> tensors;

  /**
   * Finds the tensors.
   *
   * @throws IllegalArgumentException when one is missing or of another shape; the message names it
   */
  QwenVisionWeights(CheckpointFolder folder, QwenVisionConfig config) {
    tensors =
        CheckpointTensors.open(folder, QwenVisionWeights::canonical).weights(expected(config));
  }

  /** Canonical names of all, sorted. */
  List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** The tensor of a canonical name. */
  Tensor tensor(String name) {
    return tensors.get(name);
  }

  /** Canonical prefix of a layer. */
  static String layer(int index) {
    return "visual.blocks." + index;
  }

  /** Canonical prefix of the merger of a plane of deepstack. */
  static String deepstack(int index) {
    return "visual.deepstack_merger_list." + index;
  }

  /** The canonical name of a stored one, null for a tensor of the language side. */
  static String canonical(String stored) {
    String name = stored.startsWith(MODEL) ? stored.substring(MODEL.length()) : stored;
    return name.startsWith(VISUAL) ? name : null;
  }

  /** Canonical names and shapes of all tensors that the vision side of these settings takes. */
  static Map<String, List<Long>> expected(QwenVisionConfig config) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    long hidden = config.hidden();
    long patch = config.patch();
    long frames = QwenVisionConfig.STEP_FRAMES;
    shapes.put(PATCH + ".weight", List.of(hidden, 3L, frames, patch, patch));
    if (config.kind() == QwenVlKind.QWEN3_VL) {
      shapes.put(PATCH + ".bias", List.of(hidden));
    }
    if (config.positionSide() > 0) {
      long side = config.positionSide();
      shapes.put(POSITIONS, List.of(side * side, hidden));
    }
    for (int i = 0; i < config.layers(); i++) {
      shapes.putAll(layerShapes(config, i));
    }
    shapes.putAll(mergerShapes(config, MERGER, hidden));
    for (int i = 0; i < config.deepstack().size(); i++) {
      shapes.putAll(mergerShapes(config, deepstack(i), config.mergedHidden()));
    }
    return shapes;
  }

  /** Names and shapes of a layer's tensors, in the order of the helper's arguments. */
  static LinkedHashMap<String, List<Long>> layerShapes(QwenVisionConfig config, int index) {
    QwenVlKind kind = config.kind();
    String layer = layer(index) + ".";
    long hidden = config.hidden();
    LinkedHashMap<String, List<Long>> shapes = new LinkedHashMap<>();
    norm(shapes, kind, layer + "norm1", hidden);
    linear(shapes, layer + "attn.qkv", 3 * hidden, hidden);
    linear(shapes, layer + "attn.proj", hidden, hidden);
    norm(shapes, kind, layer + "norm2", hidden);
    for (String in : kind.mlpIn()) {
      linear(shapes, layer + in, config.intermediate(), hidden);
    }
    linear(shapes, layer + kind.mlpOut(), hidden, config.intermediate());
    return shapes;
  }

  /**
   * Names and shapes of a merger's tensors, in the order of the helper's arguments.
   *
   * @param normed values that are normalised together: a patch's or a token's
   */
  static LinkedHashMap<String, List<Long>> mergerShapes(
      QwenVisionConfig config, String merger, long normed) {
    QwenVlKind kind = config.kind();
    long merged = config.mergedHidden();
    LinkedHashMap<String, List<Long>> shapes = new LinkedHashMap<>();
    norm(shapes, kind, merger + "." + kind.merger().get(0), normed);
    linear(shapes, merger + "." + kind.merger().get(1), merged, merged);
    linear(shapes, merger + "." + kind.merger().get(2), config.out(), merged);
    return shapes;
  }

  private static void norm(
      Map<String, List<Long>> shapes, QwenVlKind kind, String name, long width) {
    for (String tensor : kind.norm().tensors()) {
      shapes.put(name + "." + tensor, List.of(width));
    }
  }

  private static void linear(Map<String, List<Long>> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", List.of(out, in));
    shapes.put(name + ".bias", List.of(out));
  }

  /**
   * A digest of the settings and weights that features depend on.
   *
   * @param settings canonical text of all of them
   */
  String revision(String settings) {
    return Revision.of(settings, tensors);
  }
}
