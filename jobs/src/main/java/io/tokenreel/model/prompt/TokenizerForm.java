package io.tokenreel.model.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * One form of all tokenizer.json files that give the same ids and texts. A tokenizer that is loaded
 * and saved gets the fields of the library that saves it, and Transformers 5 builds Qwen2's from
 * its vocabulary, whatever the file had. The form is what the library writes of a tokenizer that it
 * builds with its own defaults.
 *
 * <p>Source: tokenizers 0.23, models/bpe/serialization.rs and pre_tokenizers/byte_level.rs.
 */
final class TokenizerForm {

  private static final String BYTE_LEVEL = "ByteLevel";
  private static final String MERGES = "merges";

  private TokenizerForm() {}

  /**
   * Rewrites a tokenizer.json.
   *
   * @param tokenizer is changed
   */
  static void rewrite(ObjectNode tokenizer) {
    tokenizer.remove(List.of("truncation", "padding")); // both are off
    // It adds special tokens, which nothing asks for, and trims offsets, which nothing reads.
    tokenizer.putNull("post_processor");
    if (tokenizer.path("model").has(MERGES)) {
      rewriteModel((ObjectNode) tokenizer.get("model"));
    }
    JsonNode before = tokenizer.path("pre_tokenizer");
    trimOffsets(before);
    before.path("pretokenizers").forEach(TokenizerForm::trimOffsets);
    if (isByteLevel(tokenizer.path("decoder"))) {
      // As a decoder it reads none of its settings.
      ObjectNode decoder = (ObjectNode) tokenizer.get("decoder");
      List.of("add_prefix_space", "trim_offsets", "use_regex")
          .forEach(field -> decoder.put(field, true));
    }
  }

  /** Byte-pair encoding: an affix of no characters is none, and a merge was once a text. */
  private static void rewriteModel(ObjectNode model) {
    for (String affix : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (model.path(affix).asText().isEmpty()) {
        model.putNull(affix);
      }
    }
    for (String newer : List.of("byte_fallback", "ignore_merges")) {
      if (!model.has(newer)) {
        model.put(newer, false);
      }
    }
    JsonNode merges = model.get(MERGES);
    ArrayNode pairs = model.putArray(MERGES);
    for (JsonNode merge : merges) {
      String[] pair = merge.asText().split(" ", -1);
      if (pair.length == 2) {
        pairs.addArray().add(pair[0]).add(pair[1]);
      } else {
        pairs.add(merge);
      }
    }
  }

  private static void trimOffsets(JsonNode before) {
    if (isByteLevel(before)) {
      ((ObjectNode) before).put("trim_offsets", true);
    }
  }

  private static boolean isByteLevel(JsonNode part) {
    return part.path("type").asText().equals(BYTE_LEVEL);
  }
}
