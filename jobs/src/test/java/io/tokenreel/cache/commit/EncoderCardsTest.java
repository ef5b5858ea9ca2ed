package io.tokenreel.cache.commit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.EncoderCard;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.model.EncoderOrigin;
import io.tokenreel.model.Models;
import io.tokenreel.model.StepGrid;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderCardsTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir java.nio.file.Path folder;

  private CacheLayout layout(String name) {
    return new CacheLayout(new Path(folder.resolve(name).toUri()));
  }

  private static CacheFiles files() throws IOException {
    return new CacheFiles(FileSystem.getLocal(HADOOP), CacheFiles.StepListener.NONE);
  }

  private static void save(CacheLayout layout, VisionInfo vision) throws IOException {
    EncoderCards.save(files(), layout, vision, vision.encoder());
  }

  private static VisionInfo exported(String encoder) {
    FrameSize size = new FrameSize(4, 4);
    return new VisionInfo(
        encoder,
        "exported",
        new FixedFit(size),
        new StepGrid.Fixed(size, new StepGrid.Size(2, 2)),
        6,
        1,
        FeedLayout.plain(),
        EncoderOrigin.ofFile("exported encoder", "skip 0"));
  }

  @ParameterizedTest
  @CsvSource({
    "llava_onevision_tiny, LLaVA-OneVision, LlavaOnevisionForConditionalGeneration, 1, closing, 1,,",
    "llava_video_tiny, LLaVA-Video, LlavaQwenForCausalLM, 1, line-ends, 1,,",
    "qwen2_vl_tiny, Qwen2-VL, Qwen2VLForConditionalGeneration, 1, plain, 3,, 2",
    "qwen2_5_vl_tiny, Qwen2.5-VL, Qwen2_5_VLForConditionalGeneration, 1, plain, 3, 2, 2",
    "qwen3_vl_tiny, Qwen3-VL, Qwen3VLForConditionalGeneration, 3, plain, 3,, 2"
  })
  void save_checkpoint_saysWhatProvesThatRowsAreOfIt(
      String golden,
      String family,
      String architecture,
      int planes,
      String rows,
      int axes,
      Integer tokensPerSecond,
      Integer mergeSize)
      throws Exception {
    java.nio.file.Path checkpoint = Fixtures.GOLDENS.resolve(golden);
    VisionInfo vision = Models.describe(checkpoint.toString(), HADOOP);
    save(layout("cache"), vision);
    JsonNode card =
        new ObjectMapper()
            .readTree(folder.resolve("cache/_encoders/" + vision.encoder() + ".json").toFile());
    assertEquals(1, card.get("schema").asInt());
    assertEquals(vision.encoder(), card.get("encoder").asText());
    assertEquals(family, card.get("family").asText());
    assertEquals(architecture, card.get("architecture").asText());
    assertEquals(vision.dim(), card.get("dim").asInt());
    assertEquals(planes, card.get("planes").asInt());
    assertEquals(rows, card.get("layout").asText());
    assertEquals(axes, card.get("axes").asInt());
    JsonNode speed = card.get("tokens_per_second");
    assertEquals(tokensPerSecond, speed.isNull() ? null : (Integer) speed.asInt());
    JsonNode merge = card.get("merge_size");
    assertEquals(mergeSize, merge.isNull() ? null : (Integer) merge.asInt());
    List<String> tensors = new ArrayList<>();
    card.get("tensors").forEach(name -> tensors.add(name.asText()));
    assertEquals(tensors.stream().sorted().toList(), tensors);
    assertEquals(
        vision.encoder().split("@")[1],
        revision(card.get("settings").asText(), tensors, checkpoint));
  }

  @Test
  void read_savedCheckpoint_hasWhatWasSaved() throws IOException {
    VisionInfo vision =
        Models.describe(Fixtures.GOLDENS.resolve("qwen2_5_vl_tiny").toString(), HADOOP);
    save(layout("cache"), vision);
    Path cache = new Path(folder.resolve("cache").toUri());
    EncoderCard card = EncoderCard.read(HADOOP, cache, vision.encoder()).orElseThrow();
    assertEquals(vision.encoder(), card.encoder());
    assertEquals("Qwen2.5-VL", card.family());
    assertEquals("Qwen2_5_VLForConditionalGeneration", card.architecture().orElseThrow());
    assertEquals(2, card.tokensPerSecond().orElseThrow());
    assertEquals(2, card.mergeSize().orElseThrow());
    assertEquals(vision.origin().settings(), card.settings());
    assertTrue(EncoderCard.read(HADOOP, cache, "another@1").isEmpty());
    save(layout("cache"), exported("djl@1"));
    EncoderCard exported = EncoderCard.read(HADOOP, cache, "djl@1").orElseThrow();
    assertTrue(exported.architecture().isEmpty());
    assertTrue(exported.tokensPerSecond().isEmpty());
    assertTrue(exported.mergeSize().isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"schema": 2} | has schema 2, and this version reads 1
          {"schema": 1} | is damaged: remove it
          {"schema": "1"} | is damaged: remove it
          { | is damaged: remove it
          """)
  void read_cardOfANewerVersionOrADamagedOne_isRefused(String text, String message)
      throws IOException {
    java.nio.file.Path card = folder.resolve("cache/_encoders/djl@1.json");
    Files.createDirectories(card.getParent());
    Files.writeString(card, text);
    TableSettingsException e =
        assertThrows(
            TableSettingsException.class,
            () -> EncoderCard.read(HADOOP, new Path(folder.resolve("cache").toUri()), "djl@1"));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  /** As a reader without this program computes it. */
  private static String revision(
      String settings, List<String> tensors, java.nio.file.Path checkpoint)
      throws IOException, NoSuchAlgorithmException {
    TreeMap<String, byte[]> stored = new TreeMap<>();
    try (DirectoryStream<java.nio.file.Path> shards =
        Files.newDirectoryStream(checkpoint, "model*.safetensors")) {
      for (java.nio.file.Path shard : shards) {
        readTensors(Files.readAllBytes(shard), stored);
      }
    }
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(
        "settings %d\n%s\n"
            .formatted(settings.length(), settings)
            .getBytes(StandardCharsets.UTF_8));
    for (String name : tensors) {
      digest.update(stored.get(name));
    }
    return HexFormat.of().formatHex(digest.digest()).substring(0, 20);
  }

  /** Of each tensor by its canonical name what the digest is fed. */
  private static void readTensors(byte[] file, TreeMap<String, byte[]> into) throws IOException {
    int length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt();
    Iterator<Map.Entry<String, JsonNode>> tensors =
        new ObjectMapper().readTree(file, 8, length).fields();
    while (tensors.hasNext()) {
      Map.Entry<String, JsonNode> tensor = tensors.next();
      JsonNode offsets = tensor.getValue().path("data_offsets");
      if (offsets.isMissingNode()) {
        continue;
      }
      String name = canonical(tensor.getKey());
      String type = tensor.getValue().get("dtype").asText();
      String shape = tensor.getValue().get("shape").toString().replace(",", ", ");
      ByteArrayOutputStream fed = new ByteArrayOutputStream();
      fed.writeBytes("%s %s %s\n".formatted(name, type, shape).getBytes(StandardCharsets.UTF_8));
      int from = 8 + length + offsets.get(0).asInt();
      fed.write(file, from, 8 + length + offsets.get(1).asInt() - from);
      into.put(name, fed.toByteArray());
    }
  }

  private static String canonical(String stored) {
    return stored
        .replaceFirst("^model\\.", "")
        .replaceFirst("^vision_tower\\.(vision_tower\\.)?vision_model\\.", "vision_tower.")
        .replace("mm_projector.0.", "multi_modal_projector.linear_1.")
        .replace("mm_projector.2.", "multi_modal_projector.linear_2.");
  }

  @Test
  void save_secondTime_leavesTheFileAlone() throws IOException {
    save(layout("cache"), exported("djl@1"));
    java.nio.file.Path card = folder.resolve("cache/_encoders/djl@1.json");
    Files.writeString(card, "{}");
    save(layout("cache"), exported("djl@1"));
    assertEquals("{}", Files.readString(card));
  }

  /** As a version wrote it that had no merge_size. */
  private java.nio.file.Path cardOfAnOlderVersion(String name, VisionInfo vision)
      throws IOException {
    save(layout(name), vision);
    java.nio.file.Path card = folder.resolve(name + "/_encoders/" + vision.encoder() + ".json");
    String text = Files.readString(card);
    String older = text.replaceFirst("\\s*\"merge_size\" : \\w+,", "");
    assertNotEquals(text, older);
    Files.writeString(card, older);
    Files.deleteIfExists(card.resolveSibling("." + card.getFileName() + ".crc"));
    return card;
  }

  @Test
  void save_cardOfAnOlderVersion_isReadAndGetsWhatItLacks() throws IOException {
    VisionInfo vision =
        Models.describe(Fixtures.GOLDENS.resolve("qwen2_vl_tiny").toString(), HADOOP);
    java.nio.file.Path card = cardOfAnOlderVersion("cache", vision);
    Path cache = new Path(folder.resolve("cache").toUri());
    EncoderCard older = EncoderCard.read(HADOOP, cache, vision.encoder()).orElseThrow();
    assertTrue(older.mergeSize().isEmpty());
    assertEquals(vision.origin().settings(), older.settings());
    save(layout("cache"), vision);
    EncoderCard now = EncoderCard.read(HADOOP, cache, vision.encoder()).orElseThrow();
    assertEquals(2, now.mergeSize().orElseThrow());
    try (Stream<java.nio.file.Path> files = Files.list(card.getParent())) {
      assertEquals(
          List.of("." + card.getFileName() + ".crc", card.getFileName().toString()),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void copy_cardOfAnOlderVersion_doesNotReplaceANewerOne() throws IOException {
    cardOfAnOlderVersion("other", exported("djl@1"));
    EncoderCards.copy(files(), layout("cache"), files(), layout("other"), "djl@1");
    java.nio.file.Path card = folder.resolve("cache/_encoders/djl@1.json");
    assertFalse(Files.readString(card).contains("merge_size"));
    save(layout("cache"), exported("djl@1"));
    String whole = Files.readString(card);
    assertTrue(whole.contains("merge_size"));
    EncoderCards.copy(files(), layout("cache"), files(), layout("other"), "djl@1");
    assertEquals(whole, Files.readString(card));
  }

  @Test
  void copy_ofATowerThatTheOtherCacheDescribes_isTheSame() throws IOException {
    save(layout("other"), exported("djl@1"));
    EncoderCards.copy(files(), layout("cache"), files(), layout("other"), "djl@1");
    EncoderCards.copy(files(), layout("cache"), files(), layout("other"), "djl@2");
    assertEquals(
        Files.readString(folder.resolve("other/_encoders/djl@1.json")),
        Files.readString(folder.resolve("cache/_encoders/djl@1.json")));
    assertFalse(Files.exists(folder.resolve("cache/_encoders/djl@2.json")));
  }

  @Test
  void save_towerUnderANameOfTheFirstVersion_writesNothing() throws IOException {
    EncoderCards.save(files(), layout("cache"), exported("djl@1"), "a/b@0123456789abcdef");
    assertFalse(Files.exists(folder.resolve("cache")));
    assertTrue(Files.exists(folder));
  }
}
