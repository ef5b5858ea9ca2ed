package io.tokenreel.model.family.llava;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.CheckpointTensors;
import io.tokenreel.model.checkpoint.Revision;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.token.FeedLayout;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tensors that a LLaVA checkpoint's vision side is computed from, each there and of its shape.
 *
 * <p>Canonical names are those that Transformers saves today less their {@code model.} prefix;
 * published checkpoints put {@code vision_model.} into the tower's, and LLaVA-NeXT's layout has
 * names of its own for the projector.
 */
final class VisionWeights {

  static final String NEWLINE = "image_newline";
  static final String PATCH = "vision_tower.embeddings.patch_embedding";
  static final String POSITIONS = "vision_tower.embeddings.position_embedding.weight";

  /** What other layouts put where the canonical names begin. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of(
          "vision_tower.vision_model.",
          "vision_tower.",
          "vision_tower.vision_tower.vision_model.",
          "vision_tower.",
          "mm_projector.0.",
          projector(1) + ".",
          "mm_projector.2.",
          projector(2) + ".");

  private final TreeMap<String, Tensor> tensors;

  /**
   * Finds the tensors.
   *
   * @throws IllegalArgumentException when one is missing or of another shape; the message names it
   */
  VisionWeights(CheckpointFolder folder, LlavaVisionConfig config) {
    tensors = CheckpointTensors.open(folder, VisionWeights::canonical).weights(expected(config));
  }

  /** Canonical names of all, sorted. */
  List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  /** The tensor of a canonical name. */
  Tensor tensor(String name) {
    return tensors.get(name);
  }

  /** Canonical prefix of an encoder layer. */
  static String layer(int index) {
    return "vision_tower.encoder.layers." + index;
  }

  /** Canonical prefix of the projector's first or second linear map. */
  static String projector(int index) {
    return "multi_modal_projector.linear_" + index;
  }

  /** The canonical name of a stored one, null for a tensor of the language side. */
  static String canonical(String stored) {
    String name = stored.startsWith("model.") ? stored.substring("model.".length()) : stored;
    for (Map.Entry<String, String> other : OTHER_NAMES.entrySet()) {
      if (name.startsWith(other.getKey())) {
        name = other.getValue() + name.substring(other.getKey().length());
      }
    }
    boolean vision =
        name.startsWith("vision_tower.")
            || name.startsWith("multi_modal_projector.")
            || name.equals(NEWLINE);
    return vision ? name : null;
  }

  /** Canonical names and shapes of all tensors that the vision side of these settings takes. */
  static Map<String, List<Long>> expected(LlavaVisionConfig config) {
    SiglipConfig vision = config.vision();
    long hidden = vision.hidden();
    Map<String, List<Long>> shapes = new TreeMap<>();
    long patch = vision.patchSize();
    shapes.put(PATCH + ".weight", List.of(hidden, 3L, patch, patch));
    shapes.put(PATCH + ".bias", List.of(hidden));
    shapes.put(POSITIONS, List.of((long) vision.patches(), hidden));
    for (int i = 0; i < config.featureLayer(); i++) {
      for (String norm : List.of(".layer_norm1", ".layer_norm2")) {
        shapes.put(layer(i) + norm + ".weight", List.of(hidden));
        shapes.put(layer(i) + norm + ".bias", List.of(hidden));
      }
      for (String map : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        linear(shapes, layer(i) + ".self_attn." + map, hidden, hidden);
      }
      linear(shapes, layer(i) + ".mlp.fc1", vision.intermediate(), hidden);
      linear(shapes, layer(i) + ".mlp.fc2", hidden, vision.intermediate());
    }
    linear(shapes, projector(1), config.textHidden(), hidden);
    linear(shapes, projector(2), config.textHidden(), config.textHidden());
    if (!config.projectorBias()) {
      shapes.remove(projector(1) + ".bias");
      shapes.remove(projector(2) + ".bias");
    }
    if (config.layout() != FeedLayout.Kind.PLAIN) {
      shapes.put(NEWLINE, List.of((long) config.textHidden()));
    }
    return shapes;
  }

  private static void linear(Map<String, List<Long>> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", List.of(out, in));
    shapes.put(name + ".bias", List.of(out));
  }

  /** A digest of the settings and weights that tokens depend on. */
  String revision(LlavaVisionConfig config) {
    return Revision.of(config.canonical(), tensors);
  }

  String legacyRevision(CheckpointFolder folder) {
    return Revision.legacy(folder, List.of("config.json", "preprocessor_config.json"), tensors);
  }

  /** {@code image_newline} as numbers, {@code [textHidden]}. */
  float[] newline() {
    return tensors.get(NEWLINE).floats();
  }
}
