package io.tokenreel.model.decoder;

import io.tokenreel.model.checkpoint.Settings;
import java.util.List;

/**
 * Sizes of a decoder, from {@code text_config}. Fields that are left out mean what Transformers'
 * configuration of the {@link DecoderKind} means by that.
 *
 * @param kind what is computed
 * @param hidden channels of a token
 * @param intermediate channels inside the MLP
 * @param layers decoder layers
 * @param heads query heads
 * @param keyHeads key and value heads; each serves {@code heads / keyHeads} query heads
 * @param headSize channels of a head
 * @param vocabulary rows of the embedding
 * @param positions most tokens of a sequence
 * @param epsilon of the RMS norms
 * @param ropeTheta base of the rotary wavelengths
 * @param sections the position axes that the wavelengths read
 * @param tied whether the head is the embedding, as far as this section says
 */
record DecoderConfig(
    DecoderKind kind,
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int keyHeads,
    int headSize,
    int vocabulary,
    int positions,
    double epsilon,
    double ropeTheta,
    RopeSections sections,
    boolean tied) {

  /** The attention of a layer that sees all tokens before. */
  private static final String FULL_ATTENTION = "full_attention";

  /** A Qwen2. */
  DecoderConfig(
      int hidden,
      int intermediate,
      int layers,
      int heads,
      int keyHeads,
      int vocabulary,
      int positions,
      double epsilon,
      double ropeTheta,
      boolean tied) {
    this(
        DecoderKind.QWEN2,
        hidden,
        intermediate,
        layers,
        heads,
        keyHeads,
        hidden / heads,
        vocabulary,
        positions,
        epsilon,
        ropeTheta,
        RopeSections.NONE,
        tied);
  }

  /**
   * Reads the settings.
   *
   * @param kind what the family's language models are
   * @throws IllegalArgumentException for one that is malformed or not computed here; the message
   *     names it
   */
  static DecoderConfig of(DecoderKind kind, Settings text) {
    kind.require(text);
    text.require("hidden_act", "silu", "silu");
    text.require("use_sliding_window", "false", "false");
    text.require("attention_bias", "false", "false");
    requireFullAttention(text);
    int hidden = text.integer("hidden_size", kind.hidden(), 1);
    int heads = text.integer("num_attention_heads", kind.heads(), 1);
    int keyHeads =
        text.integer(
            "num_key_value_heads", text.isNull("num_key_value_heads") ? heads : kind.keyHeads(), 1);
    if (heads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "text_config: num_attention_heads must divide among num_key_value_heads; got %d and %d"
              .formatted(heads, keyHeads));
    }
    Settings rope = rope(text);
    int headSize = headSize(text, kind, hidden, heads);
    return new DecoderConfig(
        kind,
        hidden,
        text.integer("intermediate_size", kind.intermediate(), 1),
        text.integer("num_hidden_layers", kind.layers(), 1),
        heads,
        keyHeads,
        headSize,
        text.integer("vocab_size", kind.vocabulary(), 1),
        text.integer("max_position_embeddings", kind.positions(), 1),
        text.positive("rms_norm_eps", kind.epsilon()),
        ropeTheta(text, rope, kind),
        RopeSections.of(rope, kind, headSize),
        text.flag("tie_word_embeddings", false));
  }

  private static void requireFullAttention(Settings text) {
    List<String> types = text.words("layer_types");
    if (types.stream().anyMatch(type -> !type.equals(FULL_ATTENTION))) {
      throw new IllegalArgumentException(
          "text_config: layer_types must be %s for each layer, for windows of attention are not computed; got %s"
              .formatted(FULL_ATTENTION, types));
    }
  }

  /**
   * The rotary settings. Transformers 5 writes {@code rope_parameters}, and all versions read
   * {@code rope_scaling} first: it is what people add to a config.json for longer sequences.
   *
   * <p>Source: transformers 5.24, {@code convert_rope_params_to_dict} of modeling_rope_utils.py.
   */
  private static Settings rope(Settings text) {
    Settings rope = text.section(text.has("rope_scaling") ? "rope_scaling" : "rope_parameters");
    for (String type : List.of(FULL_ATTENTION, "sliding_attention")) {
      if (rope.has(type)) {
        throw new IllegalArgumentException(
            "text_config: rope_parameters must be the same for all layers; got some of their own for "
                + type);
      }
    }
    return rope;
  }

  private static double ropeTheta(Settings text, Settings rope, DecoderKind kind) {
    String field = "rope_theta";
    if (!rope.has(field) && !text.has(field) && kind.ropeTheta() == 0) {
      throw new IllegalArgumentException(
          "text_config: expected a rope_theta; got none, which releases of Transformers read differently: set the one that the weights were trained with");
    }
    return rope.positive(field, text.positive(field, kind.ropeTheta()));
  }

  private static int headSize(Settings text, DecoderKind kind, int hidden, int heads) {
    if (!kind.hasBiases()) {
      return text.integer("head_dim", 128, 2);
    }
    if (hidden % (2 * heads) != 0) {
      throw new IllegalArgumentException(
          "text_config: hidden_size must divide into num_attention_heads heads of an even size; got %d and %d"
              .formatted(hidden, heads));
    }
    return hidden / heads;
  }

  /** What the decoder computes depends on these; the weights say whether the head is tied. */
  String canonical() {
    String sizes =
        "%s hidden %d, intermediate %d, layers %d, heads %d, key heads %d, vocabulary %d, positions %d, epsilon %s, rope theta %s"
            .formatted(
                kind.label(),
                hidden,
                intermediate,
                layers,
                heads,
                keyHeads,
                vocabulary,
                positions,
                epsilon,
                ropeTheta);
    return kind.hasAxes() ? "%s, head size %d, %s".formatted(sizes, headSize, sections) : sizes;
  }
}
