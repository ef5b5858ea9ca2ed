package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.kv.KvSpec;
import io.tokenreel.model.prompt.PromptTemplates;
import io.tokenreel.testing.Fixtures;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden checkpoints of all families, computed in each type. */
class ComputeTypeTest {

  private static final Configuration HADOOP = new Configuration();
  private static final List<String> OPTIONS = List.of("A", "B", "a red circle", "two squares");

  /** Of the largest number of a result: some roundings of the type, 2^-8 and 2^-11 each. */
  private static double tolerance(ComputeType type) {
    return type == ComputeType.BF16 ? 0.03 : 0.004;
  }

  static Stream<Path> goldens() {
    return SavedLayoutTest.goldens();
  }

  static Stream<Arguments> goldensAndTypes() {
    return goldens()
        .flatMap(
            golden ->
                Stream.of(ComputeType.BF16, ComputeType.F16)
                    .map(type -> Arguments.of(golden, type)));
  }

  private static String model(Path golden, ComputeType type) {
    return Models.computing(golden.toString(), ComputeChoice.parse(type.label()), false);
  }

  private static float[] encode(String model) {
    try (VisionTower tower = Models.openVision(model, DeviceChoice.CPU, HADOOP)) {
      return EncodeDigest.floats(tower, SeededVideo.frames(tower.info()));
    }
  }

  @ParameterizedTest
  @MethodSource("goldensAndTypes")
  void encode_inHalfTheWidth_isCloseToFloat32AndNotTheSame(Path golden, ComputeType type) {
    float[] exact = encode(golden.toString());
    float[] found = encode(model(golden, type));
    assertEquals(exact.length, found.length);
    assertRounded(exact, found, type);
  }

  private static void assertRounded(float[] exact, float[] found, ComputeType type) {
    double greatest = 0;
    double worst = 0;
    for (int i = 0; i < exact.length; i++) {
      greatest = Math.max(greatest, Math.abs(exact[i]));
      double difference = Math.abs((double) exact[i] - found[i]);
      worst = difference <= worst ? worst : difference;
    }
    assertTrue(worst > 0, "nothing was rounded");
    assertTrue(
        worst <= tolerance(type) * greatest, "differs by %s of %s".formatted(worst, greatest));
  }

  @ParameterizedTest
  @MethodSource("goldensAndTypes")
  void score_inHalfTheWidth_isCloseToFloat32AndNotTheSame(Path golden, ComputeType type) {
    Scored exact = score(golden.toString(), golden, "full");
    Scored found = score(model(golden, type), golden, "full");
    assertRounded(exact.logits, found.logits, type);
    assertEquals(exact.kvBytes / 2, found.kvBytes);
  }

  @ParameterizedTest
  @MethodSource("goldensAndTypes")
  void score_prunedInHalfTheWidth_isCloseToFloat32(Path golden, ComputeType type) {
    String kv = "dycoke:layer=1,prune=0";
    Scored found = score(model(golden, type), golden, kv);
    assertArrayEquals(score(model(golden, type), golden, "full").logits, found.logits);
    Scored pruned = score(model(golden, type), golden, "dycoke:layer=1,prune=0.7");
    assertEquals(found.logits.length, pruned.logits.length);
    assertTrue(pruned.kvBytes < found.kvBytes);
  }

  /**
   * What scoring gave.
   *
   * @param logits and after them the options' log-likelihoods
   */
  private record Scored(float[] logits, long kvBytes) {}

  private static Scored score(String model, Path golden, String kv) {
    VisionInfo vision = Models.describe(golden.toString(), HADOOP);
    TokenBlock block;
    try (VisionTower tower = Models.openVision(golden.toString(), DeviceChoice.CPU, HADOOP)) {
      block = tower.encode(SeededVideo.frames(vision), TokenFormat.F32).block();
    }
    FedVideo video = SeededVideo.fed(vision, block);
    try (LanguageModel language = Models.openLanguage(model, DeviceChoice.CPU, HADOOP)) {
      VideoPrompt prompt = language.prompts(PromptTemplates.CHAT).of("What moves?", video);
      try (VideoReading reading = language.read(prompt, video)) {
        VideoReading.Scored scored = reading.score(prompt.after(), OPTIONS, KvSpec.parse(kv));
        float[] logits = new float[2 * OPTIONS.size()];
        for (int i = 0; i < OPTIONS.size(); i++) {
          logits[i] = scored.logits().get(i);
          logits[OPTIONS.size() + i] = scored.logLikelihoods().get(i).floatValue();
        }
        return new Scored(logits, scored.cost().kv().bytesPeak());
      }
    }
  }

  @Test
  void key_ofEachType_isAnotherAndSaysTheType() {
    String golden = Fixtures.LLAVA_ONEVISION.toString();
    String encoder = Models.describe(golden, HADOOP).encoder();
    String decoder = Models.describeLanguage(golden, HADOOP).decoder();
    for (ComputeType type : List.of(ComputeType.BF16, ComputeType.F16)) {
      String model = model(Path.of(golden), type);
      assertEquals(encoder + "+" + type, Models.describe(model, HADOOP).encoder());
      assertEquals(decoder + "+" + type, Models.describeLanguage(model, HADOOP).decoder());
    }
    assertEquals(golden, model(Path.of(golden), ComputeType.F32));
    String named = golden + "#tokenreel_compute=f32";
    assertEquals(encoder, Models.describe(named, HADOOP).encoder());
  }

  @Test
  void computing_aModelThatNamesAType_keepsItOrRefuses() {
    String model = "m#tokenreel_fit=native&tokenreel_compute=bf16";
    assertEquals(model, Models.computing(model, ComputeChoice.AUTO, false));
    assertEquals(model, Models.computing(model, ComputeChoice.BF16, true));
    assertEquals(
        "model '%s' names the compute type bf16, and f32 is asked for: name one of them"
            .formatted(model),
        assertThrows(
                IllegalArgumentException.class,
                () -> Models.computing(model, ComputeChoice.F32, true))
            .getMessage());
    assertEquals("m", Models.computing("m", ComputeChoice.AUTO, false));
    assertEquals("m#tokenreel_compute=bf16", Models.computing("m", ComputeChoice.AUTO, true));
    assertEquals(
        "m#a=b&tokenreel_compute=f16", Models.computing("m#a=b", ComputeChoice.F16, false));
  }

  @Test
  void computing_anExportedEncoder_isAsItsFileSays() {
    assertEquals("djl:m", Models.computing("djl:m", ComputeChoice.AUTO, true));
    assertEquals("djl:m", Models.computing("djl:m", ComputeChoice.F32, true));
    assertThrows(
        IllegalArgumentException.class, () -> Models.computing("djl:m", ComputeChoice.BF16, true));
  }

  @Test
  void describe_aTypeThatIsNone_saysWhichAreKnown() {
    IllegalArgumentException error =
        assertThrows(
            IllegalArgumentException.class,
            () -> Models.describe(Fixtures.LLAVA_ONEVISION + "#tokenreel_compute=fp8", HADOOP));
    assertTrue(error.getMessage().contains("known: [f32, bf16, f16]"), error.getMessage());
  }

  @Test
  void encoderOfTokens_ofACacheInAnotherType_isThatOfTheCache() {
    String golden = Fixtures.LLAVA_ONEVISION.toString();
    String own = Models.describe(golden, HADOOP).encoder();
    String half = model(Path.of(golden), ComputeType.BF16);
    assertEquals(own, ModelKeys.encoderOfTokens(golden, HADOOP, List.of(own, own + "+bf16")));
    assertEquals(own + "+bf16", ModelKeys.encoderOfTokens(golden, HADOOP, List.of(own + "+bf16")));
    assertEquals(own, ModelKeys.encoderOfTokens(half, HADOOP, List.of("other@1", own)));
    assertEquals(own + "+bf16", ModelKeys.encoderOfTokens(half, HADOOP, List.of("other@1")));
    assertThrows(
        IllegalArgumentException.class,
        () -> ModelKeys.encoderOfTokens(golden, HADOOP, List.of(own + "+f16", own + "+bf16")));
  }
}
