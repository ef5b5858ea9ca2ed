package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same weights, in every way that checkpoints are published, give the same logits to the bit.
 */
class DecoderCheckpointTest {

  private static final DecoderConfig CONFIG =
      new DecoderConfig(48, 80, 3, 4, 2, 70, 256, 1e-6, 1e6, true);
  private static final String EMBEDDING = "language_model.model.embed_tokens.weight";
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Map<String, Tensor> tensors;
  private float[] rows;
  private float[][] expected;

  /** One file, bfloat16, tied, in the published layout. */
  @BeforeEach
  void writeTheFirst() throws IOException {
    Path first = folder.resolve("first");
    new SeededQwen2("Any", CONFIG).write(first);
    Settings text = Settings.read(open(first), "config.json").section("text_config");
    assertEquals(CONFIG, DecoderConfig.of(DecoderKind.QWEN2, text));
    tensors = new LinkedHashMap<>();
    new DecoderWeights(open(first), CONFIG, true)
        .all()
        .forEach((name, tensor) -> tensors.put("language_model.model." + name, tensor));
    Random random = new Random(8);
    rows = new float[9 * CONFIG.hidden()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    expected = logits(first);
  }

  @Test
  void requireRows_tokenBeyondTheEmbedding_saysHowToMendIt() {
    TextEmbedding.requireRows(new int[] {0, 69}, CONFIG.vocabulary());
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> TextEmbedding.requireRows(new int[] {1, 256}, CONFIG.vocabulary()));
    assertTrue(refused.getMessage().contains("token 256"), refused.getMessage());
    assertTrue(refused.getMessage().contains("resize_token_embeddings"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "BF16, 3, language_model.model., tied",
    "BF16, 3, model.language_model., tied",
    "BF16, 1, model.language_model., untied",
    "F32, 2, language_model.model., tied",
    "F32, 1, language_model.model., untied",
  })
  void logits_ofEveryLayout_areTheSame(String dtype, int shards, String prefix, String head)
      throws IOException {
    Path other = folder.resolve("other");
    Map<String, Tensor> written = renamed(name -> name.replace("language_model.model.", prefix));
    if (head.equals("untied")) {
      written.put("lm_head.weight", tensors.get(EMBEDDING));
    }
    written.replaceAll((name, tensor) -> dtype.equals("F32") ? widened(tensor) : tensor);
    write(other, written, shards, head.equals("tied"));
    float[][] logits = logits(other);
    for (int row = 0; row < expected.length; row++) {
      assertArrayEquals(expected[row], logits[row]);
    }
  }

  /** The engine must not take more processors for a thread's first products than for later ones. */
  @Test
  void logits_onThreadsThatBegin_areTheSame() throws Exception {
    for (int round = 0; round < 5; round++) {
      ExecutorService begun = Executors.newSingleThreadExecutor();
      try {
        assertArrayEquals(expected, begun.submit(() -> logits(folder.resolve("first"))).get());
      } finally {
        begun.shutdown();
      }
    }
  }

  @Test
  void logits_ofAnotherHead_areOthers() throws IOException {
    Map<String, Tensor> written = renamed(name -> name);
    Tensor embedding = tensors.get(EMBEDDING);
    ByteBuffer zeros = ByteBuffer.allocate(embedding.data().remaining());
    written.put(
        "language_model.lm_head.weight", new Tensor(embedding.dtype(), embedding.shape(), zeros));
    Path other = folder.resolve("other");
    write(other, written, 2, true);
    for (float[] row : logits(other)) {
      assertArrayEquals(
          new float[CONFIG.vocabulary()], row, "a stored head goes before a tied one");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "none, true, false",
    "embedding, true, false",
    "widened, true, false",
    "other, true, true",
    "other, false, false"
  })
  void contradictTheTie_ofAStoredHead_isWhetherItsNumbersAreOthers(
      String head, boolean tied, boolean expected) throws IOException {
    Map<String, Tensor> written = renamed(name -> name);
    Tensor embedding = tensors.get(EMBEDDING);
    ByteBuffer changed = ByteBuffer.allocate(embedding.data().remaining()).put(embedding.data());
    changed.put(changed.limit() - 1, (byte) 0x7);
    if (!head.equals("none")) {
      written.put(
          "lm_head.weight",
          switch (head) {
            case "embedding" -> embedding;
            case "widened" -> widened(embedding);
            default -> new Tensor(embedding.dtype(), embedding.shape(), changed.flip());
          });
    }
    Path other = folder.resolve("other");
    write(other, written, 2, tied);
    assertEquals(expected, new DecoderWeights(open(other), CONFIG, tied).contradictTheTie());
  }

  @Test
  void open_withoutAHeadThatIsNotTied_namesIt() throws IOException {
    Path other = folder.resolve("other");
    write(other, renamed(name -> name), 1, false);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> new DecoderWeights(open(other), CONFIG, false))
            .getMessage();
    assertTrue(message.contains("lm_head.weight"), message);
  }

  /** One share has whole matrices, which are not to be those of the file's mapping. */
  @Test
  void feed_floatsOfOneKeyHeadAfterCollections_givesTheSameLogits() throws Exception {
    DecoderConfig sizes = new DecoderConfig(48, 80, 3, 3, 1, 70, 256, 1e-6, 1e6, true);
    Path stored = folder.resolve("one").resolve("first");
    new SeededQwen2("Any", sizes).write(stored);
    float[][] logits = logits(stored);
    Path floats = stored.resolveSibling("floats");
    Map<String, Tensor> widened = new LinkedHashMap<>();
    SafetensorsFile file = SafetensorsFile.open(stored.resolve("model.safetensors"));
    file.names().forEach(name -> widened.put(name, widened(file.tensor(name))));
    write(floats, widened, 1, true);
    DecoderWeights weights = new DecoderWeights(open(floats), sizes, true);
    try (Decoder decoder = new Decoder(sizes, weights, Device.cpu(), ComputeType.F32, 1);
        KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), 9, new KvMeter())) {
      for (int i = 0; i < 5; i++) {
        System.gc(); // what nothing holds any more is unmapped
        Thread.sleep(50);
      }
      assertArrayEquals(logits, decoder.feed(PromptRows.text(rows, 9, 1, 0), cache, 9));
    }
  }

  private Map<String, Tensor> renamed(UnaryOperator<String> names) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> renamed.put(names.apply(name), tensor));
    return renamed;
  }

  private static Tensor widened(Tensor tensor) {
    float[] values = tensor.floats();
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return new Tensor(SafetensorsDtype.F32, tensor.shape(), data);
  }

  /** With an index where there are several files. */
  private static void write(Path to, Map<String, Tensor> tensors, int shards, boolean tied)
      throws IOException {
    Files.createDirectories(to);
    ObjectNode config =
        (ObjectNode) JSON.readTree(to.resolveSibling("first").resolve("config.json").toFile());
    config.put("tie_word_embeddings", tied);
    ((ObjectNode) config.get("text_config")).put("tie_word_embeddings", tied);
    JSON.writeValue(to.resolve("config.json").toFile(), config);
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      parts.add(new LinkedHashMap<>());
    }
    Map<String, String> index = new TreeMap<>();
    tensors.forEach(
        (name, tensor) -> {
          int part = index.size() % shards;
          parts.get(part).put(name, tensor);
          index.put(name, "model-%05d-of-%05d.safetensors".formatted(part + 1, shards));
        });
    if (shards == 1) {
      write(to.resolve("model.safetensors"), tensors);
      return;
    }
    for (Map<String, Tensor> part : parts) {
      write(to.resolve(index.get(part.keySet().iterator().next())), part);
    }
    JSON.writeValue(
        to.resolve("model.safetensors.index.json").toFile(), Map.of("weight_map", index));
  }

  private static void write(Path file, Map<String, Tensor> tensors) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      SafetensorsWriter.write(out, tensors, Map.of("format", "pt"));
    }
  }

  private float[][] logits(Path checkpoint) {
    Settings config = Settings.read(open(checkpoint), "config.json");
    DecoderConfig sizes = DecoderConfig.of(DecoderKind.QWEN2, config.section("text_config"));
    DecoderWeights weights = new DecoderWeights(open(checkpoint), sizes, sizes.tied());
    try (Decoder decoder = new Decoder(sizes, weights, Device.cpu(), ComputeType.F32, 1);
        KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), 9, new KvMeter())) {
      return decoder.feed(PromptRows.text(rows, 9, 1, 0), cache, 9);
    }
  }

  private static CheckpointFolder open(Path folder) {
    return CheckpointFolder.open(folder.toUri().toString(), new Configuration());
  }
}
