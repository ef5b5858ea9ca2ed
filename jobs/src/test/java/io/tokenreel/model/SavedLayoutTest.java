package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a checkpoint is and gives does not depend on the version of Transformers that saved it. */
class SavedLayoutTest {

  private static final Configuration HADOOP = new Configuration();
  private static final List<String> FAMILIES =
      List.of("llava_onevision_tiny", "qwen2_vl_tiny", "qwen2_5_vl_tiny", "qwen3_vl_tiny");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The decoder of the tiny Qwen2-VL less its head. */
  private static final String TIED = "qwen2_3x64@18e6091c1c603617b281";

  @TempDir Path folder;

  /** All that is compared of a checkpoint. */
  private record Seen(String encoder, String decoder, float[] tokens, List<Integer> answer) {
    void assertSame(Seen other) {
      assertEquals(encoder, other.encoder);
      assertEquals(decoder, other.decoder);
      assertArrayEquals(tokens, other.tokens);
      assertEquals(answer, other.answer);
    }
  }

  static Stream<Path> goldens() {
    return FAMILIES.stream().map(Fixtures.GOLDENS::resolve);
  }

  static Stream<Arguments> layouts() {
    return goldens()
        .flatMap(
            golden ->
                Stream.of(SavedLayout.values())
                    .filter(layout -> layout.has(golden))
                    .map(layout -> Arguments.of(layout, golden)));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void open_everyLayoutInOneFileAndInShards_isTheGolden(SavedLayout layout, Path golden)
      throws IOException {
    Path whole = layout.write(golden, folder.resolve("whole"), 1);
    Path shards = layout.write(golden, folder.resolve("shards"), 3);
    Seen expected = see(golden);
    expected.assertSame(see(whole));
    assertEquals(expected.encoder, Models.describe(shards.toString(), HADOOP).encoder());
    assertEquals(expected.decoder, Models.describeLanguage(shards.toString(), HADOOP).decoder());
  }

  /** A hub's cache: the files of a snapshot are links to blobs. */
  @ParameterizedTest
  @MethodSource("goldens")
  void open_aSnapshotOfAHubsCache_isTheGoldenUnderItsReadableName(Path golden) throws IOException {
    Path repository = folder.resolve("models--some-org--tiny");
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123456789abcdef"));
    SavedLayout.copy(golden, blobs, "");
    try (Stream<Path> files = Files.list(blobs)) {
      for (Path blob : files.toList()) {
        Path name = blob.getFileName();
        Files.createSymbolicLink(
            snapshot.resolve(name), Path.of("..", "..", "blobs", name.toString()));
      }
    }
    see(golden).assertSame(see(snapshot));
    assertEquals("some-org/tiny", Models.describe(snapshot.toString(), HADOOP).model());
    assertEquals("some-org/tiny", Models.describeLanguage(snapshot.toString(), HADOOP).model());
  }

  /** As it is published, in LLaVA-NeXT's layout. */
  @Test
  void open_shardsOfLlavaVideo_areTheGolden() throws IOException {
    for (String settings : List.of("config", "generation_config", "chat_template", "tokenizer")) {
      SavedLayout.copy(Fixtures.LLAVA_VIDEO, folder, settings + ".json");
    }
    SavedLayout.writeWeights(
        SavedLayout.weights(Fixtures.LLAVA_VIDEO, UnaryOperator.identity()), folder, 4);
    see(Fixtures.LLAVA_VIDEO).assertSame(see(folder));
  }

  /** 4.45 and 5 say it of the whole Qwen2-VL, 4.57 of its language model, Qwen3-VL's of both. */
  @ParameterizedTest
  @CsvSource({"V4_45, ''", "V4_57, /text_config", "V5_24, ''", "V5_24, /text_config"})
  void describe_aTiedHead_isTheSameWhereverItIsSaid(SavedLayout layout, String section)
      throws IOException {
    Path golden = Fixtures.GOLDENS.resolve("qwen2_vl_tiny");
    Path plain = layout.write(golden, folder.resolve("plain"), 1);
    Path tied = Files.createDirectories(folder.resolve("tied"));
    SavedLayout.copy(plain, tied, "");
    Map<String, Tensor> weights = SavedLayout.weights(plain, UnaryOperator.identity());
    weights.remove("lm_head.weight");
    SavedLayout.writeWeights(weights, tied, 1);
    ObjectNode config = (ObjectNode) JSON.readTree(tied.resolve("config.json").toFile());
    config.remove("tie_word_embeddings");
    ((ObjectNode) config.at(section)).put("tie_word_embeddings", true);
    JSON.writeValue(tied.resolve("config.json").toFile(), config);
    assertEquals(TIED, Models.describeLanguage(tied.toString(), HADOOP).decoder());
  }

  private static Seen see(Path checkpoint) {
    String model = checkpoint.toString();
    VisionInfo info = Models.describe(model, HADOOP);
    TokenBlock block;
    try (VisionTower tower = Models.openVision(model, DeviceChoice.CPU, HADOOP)) {
      block = tower.encode(SeededVideo.frames(info), TokenFormat.F32).block();
    }
    FedVideo video = SeededVideo.fed(info, block);
    try (LanguageModel language = Models.openLanguage(model, DeviceChoice.CPU, HADOOP)) {
      VideoPrompt prompt = language.prompts(PromptTemplates.CHAT).of("What is shown?", video);
      try (VideoReading reading = language.read(prompt, video)) {
        return new Seen(
            info.encoder(),
            Models.describeLanguage(model, HADOOP).decoder(),
            video.rows(),
            reading.generate(prompt.after(), KvSpec.FULL, 12).tokens());
      }
    }
  }
}
