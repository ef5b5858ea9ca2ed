package io.tokenreel.model.decoder;

import io.tokenreel.model.Settings;

/**
 * Sizes of a Qwen2 decoder (arXiv 2407.10671), from {@code text_config}. Fields that are left out
 * mean what Transformers' Qwen2Config means by that.
 *
 * @param hidden channels of a token
 * @param intermediate channels inside the MLP
 * @param layers decoder layers
 * @param heads query heads
 * @param keyHeads key and value heads; each serves {@code heads / keyHeads} query heads
 * @param vocabulary rows of the embedding
 * @param positions most tokens of a sequence
 * @param epsilon of the RMS norms
 * @param ropeTheta base of the rotary wavelengths
 * @param sections the position axes that the wavelengths read
 * @param tied whether the head is the embedding, as far as this section says
 */
record DecoderConfig(
    int hidden,
    int intermediate,
    int layers,
    int heads,
    int keyHeads,
    int vocabulary,
    int positions,
    double epsilon,
    double ropeTheta,
    RopeSections sections,
    boolean tied) {

  /** A decoder whose positions have one axis. */
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
        hidden,
        intermediate,
        layers,
        heads,
        keyHeads,
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
   * @throws IllegalArgumentException for one that is malformed or not computed here; the message
   *     names it
   */
  static DecoderConfig of(Settings text) {
    text.require("model_type", "qwen2", "qwen2", "llava_qwen");
    text.require("hidden_act", "silu", "silu");
    text.require("use_sliding_window", "false", "false");
    Settings rope = text.section(text.has("rope_parameters") ? "rope_parameters" : "rope_scaling");
    rope.require("rope_type", "default", "default");
    rope.require("type", "default", "default"); // the older name of the same
    int hidden = text.integer("hidden_size", 4096, 1);
    int heads = text.integer("num_attention_heads", 32, 1);
    int keyHeads = text.integer("num_key_value_heads", 32, 1);
    if (hidden % (2 * heads) != 0 || heads % keyHeads != 0) {
      throw new IllegalArgumentException(
          "text_config: hidden_size must divide into num_attention_heads heads of an even size, and these among num_key_value_heads; got %d, %d and %d"
              .formatted(hidden, heads, keyHeads));
    }
    return new DecoderConfig(
        hidden,
        text.integer("intermediate_size", 22016, 1),
        text.integer("num_hidden_layers", 32, 1),
        heads,
        keyHeads,
        text.integer("vocab_size", 151936, 1),
        text.integer("max_position_embeddings", 32768, 1),
        text.positive("rms_norm_eps", 1e-6),
        rope.positive("rope_theta", text.positive("rope_theta", 10000)),
        RopeSections.NONE,
        text.flag("tie_word_embeddings", false));
  }

  /** What the decoder computes depends on these; the weights say whether the head is tied. */
  String canonical() {
    return "qwen2 hidden %d, intermediate %d, layers %d, heads %d, key heads %d, vocabulary %d, positions %d, epsilon %s, rope theta %s"
        .formatted(
            hidden,
            intermediate,
            layers,
            heads,
            keyHeads,
            vocabulary,
            positions,
            epsilon,
            ropeTheta);
  }

  /** Channels of a head. */
  int headSize() {
    return hidden / heads;
  }
}
