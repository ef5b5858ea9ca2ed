package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.tokenreel.model.ComputeType;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.FedVideo;
import io.tokenreel.model.LanguageModel;
import io.tokenreel.model.Models;
import io.tokenreel.model.VideoPrompt;
import io.tokenreel.model.VideoReading;
import io.tokenreel.model.checkpoint.Settings;
import io.tokenreel.model.kv.KvMeter;
import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.kv.cache.KvCache;
import io.tokenreel.model.prompt.PromptTemplates;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agreement with Transformers on the golden checkpoint's language side. */
class Qwen2GoldenTest {

  private static final float TOLERANCE = 5e-4f;

  private static LanguageModel model;
  private static VideoPrompt prompt;

  @BeforeAll
  static void open() {
    model =
        Models.openLanguage(
            GoldenLanguage.FOLDER.toString(), DeviceChoice.CPU, new Configuration());
    prompt = prompt(FedVideo.ofRows(new float[0], GoldenLanguage.HIDDEN));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  static List<String> settings() {
    return GoldenLanguage.SETTINGS;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void generate_everySetting_givesTheGreedyTokens(String setting) {
    try (VideoReading video = read(setting)) {
      VideoReading.Generated answer = video.generate(prompt.after(), KvSpec.FULL, 24);
      assertArrayEquals(
          GoldenLanguage.longs(setting + ".greedy"),
          answer.tokens().stream().mapToLong(Integer::longValue).toArray());
      assertEquals(GoldenLanguage.text(setting + ".text").strip(), answer.text());
      assertEquals(
          78 + GoldenLanguage.visual(setting).length / GoldenLanguage.HIDDEN,
          answer.cost().promptTokens());
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void score_everySetting_givesTheOptionLogits(String setting) {
    try (VideoReading video = read(setting)) {
      VideoReading.Scored scored =
          video.score(prompt.after(), List.of("A", "B", "C", "D"), KvSpec.FULL);
      float[] found = new float[4];
      for (int i = 0; i < found.length; i++) {
        found[i] = scored.logits().get(i);
      }
      assertArrayEquals(GoldenLanguage.floats(setting + ".option_logits"), found, TOLERANCE);
      double sum = 0;
      for (float logit : GoldenLanguage.floats(setting + ".logits")) {
        sum += Math.exp(logit);
      }
      for (int i = 0; i < found.length; i++) {
        assertEquals(found[i] - Math.log(sum), scored.logLikelihoods().get(i), 2 * TOLERANCE);
        assertEquals(1, scored.tokens().get(i));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void feed_everySetting_givesTheLogits(String setting) {
    DecoderConfig sizes = sizes();
    DecoderWeights weights = new DecoderWeights(GoldenLanguage.folder(), sizes, false);
    float[] rows = rows(weights, setting);
    int count = rows.length / sizes.hidden();
    try (Decoder decoder = new Decoder(sizes, weights, Device.cpu(), ComputeType.F32, 1);
        KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), count, new KvMeter())) {
      assertArrayEquals(
          GoldenLanguage.floats(setting + ".logits"),
          decoder.feed(PromptRows.text(rows, count, 1, 0), cache, 1)[0],
          TOLERANCE);
    }
  }

  @Test
  void layers_allTokens_giveTheHiddenStates() {
    DecoderConfig sizes = sizes();
    DecoderWeights weights = new DecoderWeights(GoldenLanguage.folder(), sizes, false);
    float[] rows = rows(weights, "none");
    int count = rows.length / sizes.hidden();
    try (Decoder decoder = new Decoder(sizes, weights, Device.cpu(), ComputeType.F32, 1);
        NDManager scope = decoder.manager().newSubManager();
        KvCache cache = KvCache.empty(decoder.manager(), decoder.kvShape(), count, new KvMeter())) {
      NDArray x = scope.create(rows, new Shape(count, sizes.hidden()));
      DecoderShare.Place place =
          decoder.place(scope, PromptRows.text(rows, count, 1, 0).positions(), 0, count, cache);
      for (int layer = 0; layer < sizes.layers(); layer++) {
        String name = "none.lm_hidden." + layer;
        float[] last = x.get(count - 1).toFloatArray();
        assertArrayEquals(GoldenLanguage.floats(name), last, TOLERANCE, name);
        x = decoder.layer(scope, layer, x, place, cache);
      }
      assertArrayEquals(
          GoldenLanguage.floats("none.lm_hidden." + sizes.layers()),
          normed(x.get(count - 1).toFloatArray(), weights, sizes.epsilon()),
          TOLERANCE);
    }
  }

  private static DecoderConfig sizes() {
    return DecoderConfig.of(
        DecoderKind.QWEN2,
        Settings.read(GoldenLanguage.folder(), "config.json").section("text_config"));
  }

  /** The last norm, in float64. */
  private static float[] normed(float[] x, DecoderWeights weights, double epsilon) {
    double squares = 0;
    for (float value : x) {
      squares += (double) value * value;
    }
    float[] weight = weights.tensor(DecoderWeights.NORM).floats();
    float[] normed = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      normed[i] = (float) (x[i] / Math.sqrt(squares / x.length + epsilon) * weight[i]);
    }
    return normed;
  }

  /** The embedded prompt with a setting's visual tokens. */
  private static float[] rows(DecoderWeights weights, String setting) {
    TextEmbedding embedding = new TextEmbedding(weights.tensor(DecoderWeights.EMBEDDING));
    long[] ids = GoldenLanguage.longs("prompt_ids");
    int before = 0;
    while (ids[before] != 384) {
      before++;
    }
    return concat(
        embedding.rows(ints(ids, 0, before)),
        GoldenLanguage.visual(setting),
        embedding.rows(ints(ids, before + 1, ids.length)));
  }

  private static VideoPrompt prompt(FedVideo video) {
    return model.prompts(PromptTemplates.CHAT).of(GoldenLanguage.text("question"), video);
  }

  private static VideoReading read(String setting) {
    FedVideo video = FedVideo.ofRows(GoldenLanguage.visual(setting), GoldenLanguage.HIDDEN);
    return model.read(prompt(video), video);
  }

  private static int[] ints(long[] ids, int from, int to) {
    return Arrays.stream(ids, from, to).mapToInt(Math::toIntExact).toArray();
  }

  private static float[] concat(float[]... parts) {
    float[] all = new float[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
