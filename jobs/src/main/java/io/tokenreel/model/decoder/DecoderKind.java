package io.tokenreel.model.decoder;

import io.tokenreel.model.checkpoint.Settings;
import java.util.List;

/**
 * The decoders that are computed, and what Transformers' configuration of each means by a field
 * that is left out.
 */
public enum DecoderKind {
  /** arXiv 2407.10671. Checkpoints of LlavaQwenForCausalLM name llava_qwen or llava. */
  QWEN2(
      "qwen2",
      List.of("qwen2", "llava_qwen", "llava"),
      List.of(4096, 22016, 32, 32, 32),
      151936,
      1e4),

  /** Qwen2's decoder with positions on three axes; Qwen2-VL and Qwen2.5-VL. */
  QWEN2_VL(
      "qwen2",
      List.of("qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text"),
      List.of(8192, 29568, 80, 64, 8),
      152064,
      1e6),

  /** arXiv 2505.09388: no biases, norms of queries and keys, heads of a size of their own. */
  QWEN3_VL("qwen3", List.of("qwen3_vl_text"), List.of(4096, 22016, 32, 32, 32), 151936, 0);

  private final String label;
  private final List<String> modelTypes;
  private final List<Integer> sizes;
  private final int vocabulary;
  private final double ropeTheta;

  /**
   * @param label in the names of decoders
   * @param modelTypes that config.json names
   * @param sizes default hidden, intermediate, layers, heads, key heads
   * @param ropeTheta default; 0 where releases of Transformers have several
   */
  DecoderKind(
      String label,
      List<String> modelTypes,
      List<Integer> sizes,
      int vocabulary,
      double ropeTheta) {
    this.label = label;
    this.modelTypes = modelTypes;
    this.sizes = sizes;
    this.vocabulary = vocabulary;
    this.ropeTheta = ropeTheta;
  }

  /**
   * Requires a language model's settings to be of this kind, where they say what they are of. The
   * family says which it is where they do not, as in Transformers.
   *
   * @throws IllegalArgumentException for another model type
   */
  void require(Settings text) {
    text.require("model_type", modelTypes.get(0), modelTypes.toArray(String[]::new));
  }

  /** In the names of decoders. */
  String label() {
    return label;
  }

  /** Whether queries, keys and values have biases, and none are normalised. */
  boolean hasBiases() {
    return this != QWEN3_VL;
  }

  /** Whether positions have three axes. */
  boolean hasAxes() {
    return this != QWEN2;
  }

  int hidden() {
    return sizes.get(0);
  }

  int intermediate() {
    return sizes.get(1);
  }

  int layers() {
    return sizes.get(2);
  }

  int heads() {
    return sizes.get(3);
  }

  int keyHeads() {
    return sizes.get(4);
  }

  int vocabulary() {
    return vocabulary;
  }

  double ropeTheta() {
    return ropeTheta;
  }

  /** {@code mrope_section} where it is missing. */
  List<Integer> sections() {
    return switch (this) {
      case QWEN2 -> List.of();
      case QWEN2_VL -> List.of(16, 24, 24);
      case QWEN3_VL -> List.of(24, 20, 20);
    };
  }

  int positions() {
    return this == QWEN3_VL ? 128000 : 32768;
  }

  double epsilon() {
    return this == QWEN2_VL ? 1e-5 : 1e-6;
  }
}
