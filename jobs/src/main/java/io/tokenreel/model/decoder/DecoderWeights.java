package io.tokenreel.model.decoder;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.CheckpointTensors;
import io.tokenreel.model.safetensors.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The tensors of a Qwen2 decoder, each there and of its shape.
 *
 * <p>Canonical names are those inside the language model: {@code layers.0.mlp.up_proj.weight}.
 * Checkpoints put {@code language_model.model.}, {@code model.language_model.} or {@code model.}
 * before them.
 */
final class DecoderWeights {

  static final String EMBEDDING = "embed_tokens.weight";
  static final String NORM = "norm.weight";

  private static final String HEAD = "lm_head.weight";
  private static final List<String> PREFIXES =
      List.of("language_model.model.", "model.language_model.", "language_model.", "model.");

  /** How the canonical names begin; a vision side's begin otherwise. */
  private static final List<String> OWN = List.of("layers.", "embed_tokens.", "norm.");

  private static final int COMPARED_BYTES = 1 << 24;

  private final SortedMap<String, Tensor> tensors;
  private final boolean tied;

  /**
   * Finds the tensors.
   *
   * @param tied whether the head is said to be the embedding; it is where no head is stored
   * @throws IllegalArgumentException when one is missing or of another shape; the message names it
   */
  DecoderWeights(CheckpointFolder folder, DecoderConfig config, boolean tied) {
    this.tied = tied;
    CheckpointTensors stored = CheckpointTensors.open(folder, DecoderWeights::canonical);
    Map<String, List<Long>> expected = expected(config);
    Optional<Tensor> head = stored.tensor(HEAD);
    if (head.isPresent() || !tied) {
      expected.put(HEAD, expected.get(EMBEDDING));
    }
    tensors = stored.weights(expected);
  }

  Tensor tensor(String name) {
    return tensors.get(name);
  }

  /**
   * The head's rows: the embedding's where none are stored. Transformers 5 prefers stored ones too,
   * whatever the configuration says; Transformers 4 overwrites them where it says that they are
   * tied.
   */
  Tensor head() {
    return tensors.getOrDefault(HEAD, tensors.get(EMBEDDING));
  }

  /**
   * Whether a head is stored where it is said to be the embedding, and has other numbers. Both are
   * read up to the first difference.
   */
  boolean contradictTheTie() {
    Tensor head = tensors.get(HEAD);
    if (!tied || head == null) {
      return false;
    }
    long row = Float.BYTES * head.shape().get(1);
    List<Tensor> parts = head.slices(row, COMPARED_BYTES);
    List<Tensor> embedding = tensors.get(EMBEDDING).slices(row, COMPARED_BYTES);
    return IntStream.range(0, parts.size())
        .anyMatch(i -> !Arrays.equals(parts.get(i).floats(), embedding.get(i).floats()));
  }

  SortedMap<String, Tensor> all() {
    return tensors;
  }

  /** Canonical prefix of a layer. */
  static String layer(int index) {
    return "layers." + index + ".";
  }

  private static String canonical(String stored) {
    if (stored.endsWith(HEAD)) {
      return HEAD;
    }
    return PREFIXES.stream()
        .filter(stored::startsWith)
        .findFirst()
        .map(prefix -> stored.substring(prefix.length()))
        .filter(name -> OWN.stream().anyMatch(name::startsWith))
        .orElse(null);
  }

  /** Names and shapes of all but an untied head. */
  static Map<String, List<Long>> expected(DecoderConfig config) {
    long hidden = config.hidden();
    long queries = (long) config.heads() * config.headSize();
    long keys = (long) config.keyHeads() * config.headSize();
    long inner = config.intermediate();
    Map<String, List<Long>> shapes = new TreeMap<>();
    shapes.put(EMBEDDING, List.of((long) config.vocabulary(), hidden));
    shapes.put(NORM, List.of(hidden));
    for (int i = 0; i < config.layers(); i++) {
      String layer = layer(i);
      shapes.put(layer + "input_layernorm.weight", List.of(hidden));
      shapes.put(layer + "post_attention_layernorm.weight", List.of(hidden));
      for (String map : List.of("q_proj", "k_proj", "v_proj")) {
        long outputs = map.equals("q_proj") ? queries : keys;
        shapes.put(layer + "self_attn." + map + ".weight", List.of(outputs, hidden));
        if (config.kind().hasBiases()) {
          shapes.put(layer + "self_attn." + map + ".bias", List.of(outputs));
        }
      }
      if (!config.kind().hasBiases()) {
        for (String norm : List.of("q_norm", "k_norm")) {
          shapes.put(layer + "self_attn." + norm + ".weight", List.of((long) config.headSize()));
        }
      }
      shapes.put(layer + "self_attn.o_proj.weight", List.of(hidden, queries));
      shapes.put(layer + "mlp.gate_proj.weight", List.of(inner, hidden));
      shapes.put(layer + "mlp.up_proj.weight", List.of(inner, hidden));
      shapes.put(layer + "mlp.down_proj.weight", List.of(hidden, inner));
    }
    return shapes;
  }
}
