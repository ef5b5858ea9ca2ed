package io.tokenreel.model.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.testing.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One tokenizer as the hub has it and as each version of Transformers saves it. */
class TokenizerFormTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT =
      "<|im_start|>user\nWhat's  shown at 3.5 seconds,\té?<|im_end|>";

  @TempDir Path folder;

  private ObjectNode tokenizer;

  @BeforeEach
  void read() throws IOException {
    tokenizer =
        (ObjectNode) JSON.readTree(Fixtures.LLAVA_ONEVISION.resolve("tokenizer.json").toFile());
  }

  /** As Qwen2 is published: written by tokenizers 0.19. */
  private void publish() {
    tokenizer.set("post_processor", byteLevel());
    tokenizer.set("decoder", byteLevel());
    ((ObjectNode) tokenizer.at("/pre_tokenizer/pretokenizers/1")).put("trim_offsets", false);
    ObjectNode model = (ObjectNode) tokenizer.get("model");
    model.put("continuing_subword_prefix", "").put("end_of_word_suffix", "");
    model.remove("ignore_merges");
    JsonNode pairs = model.get("merges");
    ArrayNode texts = model.putArray("merges");
    pairs.forEach(pair -> texts.add(pair.get(0).asText() + " " + pair.get(1).asText()));
  }

  private static ObjectNode byteLevel() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", false)
        .put("use_regex", false);
  }

  /** Transformers 5 builds the tokenizer from its vocabulary. */
  private void rebuild() throws IOException {
    ((ObjectNode) tokenizer.get("model"))
        .put("continuing_subword_prefix", "")
        .put("end_of_word_suffix", "");
    ObjectNode added = tokenizer.putObject("post_processor").put("type", "TemplateProcessing");
    added.set(
        "single", JSON.readTree("[{'Sequence': {'id': 'A', 'type_id': 0}}]".replace('\'', '"')));
    added.set(
        "pair",
        JSON.readTree(
            "[{'Sequence': {'id': 'A', 'type_id': 0}}, {'Sequence': {'id': 'B', 'type_id': 1}}]"
                .replace('\'', '"')));
    added.putObject("special_tokens");
  }

  @ParameterizedTest
  @ValueSource(strings = {"published", "rebuilt"})
  void canonical_ofTheSameTokenizer_isTheSame(String form) throws IOException {
    CheckpointFolder saved = write("saved");
    if (form.equals("published")) {
      publish();
    } else {
      rebuild();
    }
    CheckpointFolder other = write("other");
    assertEquals(TextTokenizer.canonical(saved), TextTokenizer.canonical(other));
    try (TextTokenizer one = TextTokenizer.open(saved);
        TextTokenizer two = TextTokenizer.open(other)) {
      int[] ids = one.encode(TEXT);
      assertArrayEquals(ids, two.encode(TEXT));
      assertEquals(one.decode(ids), two.decode(ids));
    }
  }

  /** What the names of decoders are made of stays as it is. */
  @Test
  void canonical_ofTheLibrarysOwnForm_changesNothing() throws IOException {
    tokenizer.remove(List.of("truncation", "padding"));
    assertEquals(tokenizer, JSON.readTree(TextTokenizer.canonical(write("saved"))));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/model|continuing_subword_prefix|\"##\"",
        "/model|ignore_merges|true",
        "/model|merges|[]",
        "/pre_tokenizer/pretokenizers/1|add_prefix_space|true",
        "|normalizer|{\"type\": \"NFC\"}",
        "|decoder|null",
      })
  void canonical_ofATokenizerThatDiffers_isAnother(String part, String field, String value)
      throws IOException {
    String original = TextTokenizer.canonical(write("saved"));
    ((ObjectNode) tokenizer.at(part == null ? "" : part)).set(field, JSON.readTree(value));
    assertNotEquals(original, TextTokenizer.canonical(write("other")));
  }

  private CheckpointFolder write(String name) throws IOException {
    Path to = Files.createDirectories(folder.resolve(name));
    Files.writeString(to.resolve("config.json"), "{}");
    JSON.writeValue(to.resolve("tokenizer.json").toFile(), tokenizer);
    return CheckpointFolder.open(to.toString(), new Configuration());
  }
}
