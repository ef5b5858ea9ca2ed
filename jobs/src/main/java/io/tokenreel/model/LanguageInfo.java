package io.tokenreel.model;

import java.util.List;
import java.util.Objects;

/**
 * What a language model is.
 *
 * @param decoder {@code family@revision}, where the revision changes whenever its weights,
 *     settings, tokenizer or chat template do, and with nothing else; part of every answer's key
 * @param model the checkpoint's readable name
 * @param dim channels of a token, the width of a plane of the visual tokens it is fed
 * @param planes of a visual token, {@link io.tokenreel.token.TokenShape#planes}
 * @param layers decoder layers
 * @param vocabulary how many tokens it knows
 * @param positions most tokens of a sequence
 * @param endTokens ids that end an answer
 */
public record LanguageInfo(
    String decoder,
    String model,
    int dim,
    int planes,
    int layers,
    int vocabulary,
    int positions,
    List<Integer> endTokens) {

  public LanguageInfo {
    Objects.requireNonNull(decoder, "decoder");
    Objects.requireNonNull(model, "model");
    endTokens = List.copyOf(endTokens);
    if (endTokens.isEmpty()) {
      throw new IllegalArgumentException(
          decoder
              + ": expected an eos_token_id in generation_config.json or text_config; got none");
    }
  }
}
