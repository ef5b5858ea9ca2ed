package io.tokenreel.model.qwen2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.CheckpointFolder;
import io.tokenreel.model.Settings;
import io.tokenreel.model.kv.KvCache;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.SharedPrefix;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.Tensor;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agreement with Transformers on the golden checkpoint's language side. */
class Qwen2GoldenTest {

  private static final Path FOLDER =
      Path.of("..", "shared", "goldens", "models", "llava_onevision_tiny");
  private static final double TOLERANCE = 5e-4;
  private static final int VIDEO = 384;

  private static SafetensorsFile expected;
  private static SafetensorsFile stored;
  private static Qwen2Config config;
  private static Qwen2Weights weights;
  private static Qwen2Decoder decoder;

  @BeforeAll
  static void open() {
    expected = SafetensorsFile.open(FOLDER.resolve("expected.safetensors"));
    stored = SafetensorsFile.open(FOLDER.resolve("model.safetensors"));
    CheckpointFolder folder = CheckpointFolder.open(FOLDER.toString(), new Configuration());
    config = Qwen2Config.of(Settings.read(folder, "config.json").section("text_config"));
    weights = new Qwen2Weights(folder, config, false);
    decoder = new Qwen2Decoder(config, weights, Device.cpu(), 1);
  }

  @AfterAll
  static void close() {
    decoder.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "vidcom2:retention=0.25", "vidcom2:retention=0.5", "dycoke:prune=0.7"})
  void decode_everySetting_givesTheLogitsAndTheGreedyTokens(String setting) {
    try (KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), 1, new KvMeter())) {
      float[] logits = decoder.feed(prompt(setting), cache, 1)[0];
      assertClose(setting + ".logits", logits);
      assertGreedy(setting, cache, logits);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "vidcom2:retention=0.25", "vidcom2:retention=0.5", "dycoke:prune=0.7"})
  void decode_afterASharedPrefix_givesTheSame(String setting) {
    float[] prompt = prompt(setting);
    int before = before();
    int visual = keep(setting).length + 1;
    int split = (before + visual) * config.hidden();
    KvMeter meter = new KvMeter();
    KvCache start = KvCache.empty(decoder.manager(), decoder.kvShape(), before + visual, meter);
    decoder.feed(java.util.Arrays.copyOf(prompt, split), start, 0);
    try (SharedPrefix prefix = start.toPrefix(before, visual);
        KvCache cache = prefix.begin(KvSpec.FULL)) {
      float[] logits =
          decoder.feed(java.util.Arrays.copyOfRange(prompt, split, prompt.length), cache, 1)[0];
      assertClose(setting + ".logits", logits);
      assertGreedy(setting, cache, logits);
    }
    assertEquals(0, meter.working());
    assertEquals(0, meter.reserve());
  }

  @Test
  void layers_allTokens_giveTheHiddenStates() {
    float[] prompt = prompt("none");
    int count = prompt.length / config.hidden();
    try (NDManager scope = decoder.manager().newSubManager();
        KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), count, new KvMeter())) {
      cache.reserve(count);
      NDArray x = scope.create(prompt, new Shape(count, config.hidden()));
      for (int layer = 0; layer < config.layers(); layer++) {
        assertClose("none.lm_hidden." + layer, last(x));
        x = decoder.layer(scope, layer, x, cache);
      }
    }
  }

  private void assertGreedy(String setting, KvCache cache, float[] first) {
    long[] greedy = longs(expected.tensor(setting + ".greedy"));
    long[] found = new long[greedy.length];
    float[] logits = first;
    for (int i = 0; i < greedy.length; i++) {
      found[i] = argmax(logits);
      logits = decoder.feed(embed((int) found[i]), cache, 1)[0];
    }
    assertArrayEquals(greedy, found, setting);
  }

  private static float[] last(NDArray x) {
    return x.get(x.getShape().get(0) - 1).toFloatArray();
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static int before() {
    long[] ids = longs(expected.tensor("prompt_ids"));
    int at = 0;
    while (ids[at] != VIDEO) {
      at++;
    }
    return at;
  }

  private static long[] keep(String setting) {
    if (setting.equals("none")) {
      List<Long> shape = expected.tensor("pooled").shape();
      return java.util.stream.LongStream.range(0, shape.get(0) * shape.get(1)).toArray();
    }
    return longs(expected.tensor(setting + ".keep"));
  }

  /** The prompt's rows: text, the kept tokens, the newline row, text. */
  private static float[] prompt(String setting) {
    List<float[]> rows = new ArrayList<>();
    float[] pooled = expected.tensor("pooled").floats();
    int hidden = config.hidden();
    for (long id : longs(expected.tensor("prompt_ids"))) {
      if (id != VIDEO) {
        rows.add(embed((int) id));
        continue;
      }
      for (long place : keep(setting)) {
        rows.add(
            java.util.Arrays.copyOfRange(pooled, (int) place * hidden, (int) (place + 1) * hidden));
      }
      rows.add(stored.tensor("image_newline").floats());
    }
    float[] all = new float[rows.size() * hidden];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * hidden, hidden);
    }
    return all;
  }

  private static float[] embed(int id) {
    return weights.tensor(Qwen2Weights.EMBEDDING).rows(id, id + 1).floats();
  }

  private static long[] longs(Tensor tensor) {
    LongBuffer buffer = tensor.data().duplicate().order(ByteOrder.LITTLE_ENDIAN).asLongBuffer();
    long[] longs = new long[buffer.remaining()];
    buffer.get(longs);
    return longs;
  }

  private static void assertClose(String name, float[] found) {
    assertArrayEquals(expected.tensor(name).floats(), found, (float) TOLERANCE, name);
  }
}
