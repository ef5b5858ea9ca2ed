package io.tokenreel.model.llava;

import io.tokenreel.model.CheckpointFolder;
import io.tokenreel.model.CheckpointTensors;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The tensors that a LLaVA-OneVision checkpoint's vision side is computed from, each there and of
 * its shape.
 *
 * <p>Canonical names are those that Transformers saves today less their {@code model.} prefix;
 * published checkpoints put {@code vision_model.} into the tower's.
 */
final class VisionWeights {

  static final String NEWLINE = "image_newline";
  static final String PATCH = "vision_tower.embeddings.patch_embedding";
  static final String POSITIONS = "vision_tower.embeddings.position_embedding.weight";

  private static final Set<SafetensorsDtype> DTYPES =
      EnumSet.of(SafetensorsDtype.F32, SafetensorsDtype.F16, SafetensorsDtype.BF16);
  private static final int REVISION_CHARACTERS = 16;

  private final TreeMap<String, Tensor> tensors = new TreeMap<>();

  /**
   * Maps the tensors.
   *
   * @throws IllegalArgumentException when one is missing or of another shape; the message names it
   */
  VisionWeights(CheckpointFolder folder, LlavaOnevisionConfig config) {
    CheckpointTensors stored = CheckpointTensors.open(folder, VisionWeights::canonical);
    expected(config)
        .forEach(
            (name, shape) -> {
              Tensor tensor = stored.tensor(name).orElseThrow(() -> missing(stored, name, shape));
              if (!tensor.shape().equals(shape) || !DTYPES.contains(tensor.dtype())) {
                throw new IllegalArgumentException(
                    "tensor '%s' of model '%s' must be of shape %s and one of %s; found shape %s, %s"
                        .formatted(
                            name, stored.uri(), shape, DTYPES, tensor.shape(), tensor.dtype()));
              }
              tensors.put(name, tensor);
            });
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
    if (name.startsWith("vision_tower.vision_model.")) {
      name = "vision_tower." + name.substring("vision_tower.vision_model.".length());
    }
    boolean vision =
        name.startsWith("vision_tower.")
            || name.startsWith("multi_modal_projector.")
            || name.equals(NEWLINE);
    return vision ? name : null;
  }

  /** Canonical names and shapes of all tensors that the vision side of these settings takes. */
  static Map<String, List<Long>> expected(LlavaOnevisionConfig config) {
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
    shapes.put(NEWLINE, List.of((long) config.textHidden()));
    return shapes;
  }

  private static void linear(Map<String, List<Long>> shapes, String name, long out, long in) {
    shapes.put(name + ".weight", List.of(out, in));
    shapes.put(name + ".bias", List.of(out));
  }

  /**
   * A digest of settings and weights. It does not depend on the order of the tensors, on the files
   * they lie in, nor on the key layout.
   *
   * @return {@value #REVISION_CHARACTERS} hexadecimal digits
   */
  String revision(CheckpointFolder folder) {
    try {
      MessageDigest digest = DigestUtils.getSha256Digest();
      for (String file : List.of("config.json", "preprocessor_config.json")) {
        byte[] bytes = Files.readAllBytes(folder.local(file));
        update(digest, "%s %d\n".formatted(file, bytes.length));
        digest.update(bytes);
      }
      for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
        Tensor tensor = entry.getValue();
        update(digest, "%s %s %s\n".formatted(entry.getKey(), tensor.dtype(), tensor.shape()));
        digest.update(tensor.data().duplicate());
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, REVISION_CHARACTERS);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the settings of " + folder.uri(), e);
    }
  }

  /** {@code image_newline} as numbers, {@code [textHidden]}. */
  float[] newline() {
    return tensors.get(NEWLINE).floats();
  }

  private static void update(MessageDigest digest, String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
  }

  private static IllegalArgumentException missing(
      CheckpointTensors stored, String name, List<Long> shape) {
    return new IllegalArgumentException(
        "model '%s' lacks the tensor '%s' of shape %s; it holds %d other vision-side tensors"
            .formatted(stored.uri(), name, shape, stored.count()));
  }
}
