package io.tokenreel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.testing.Fixtures;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;

/** Compute types in the names of models and in the keys of what they make. */
class ComputeNamesTest {

  private static final Configuration HADOOP = new Configuration();
  private static final String MODEL = Fixtures.LLAVA_ONEVISION.toString();
  private static final String BF16 = MODEL + "#tokenreel_compute=bf16";

  private static String refusal(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  @Test
  void parse_ofEveryWord_givesItsChoice() {
    assertEquals(List.of(ComputeChoice.WORDS.split(", | or ")), ComputeChoice.words());
    for (String word : ComputeChoice.words()) {
      assertEquals(word, ComputeChoice.parse(word).toString());
    }
    assertEquals(
        "unknown compute type 'fp16'; did you mean f16? known: [auto, f32, bf16, f16]",
        refusal(() -> ComputeChoice.parse("fp16")));
  }

  @Test
  void on_auto_dependsOnTheDeviceAloneOfAllChoices() {
    assertEquals(ComputeType.BF16, ComputeChoice.AUTO.on(true));
    assertEquals(ComputeType.F32, ComputeChoice.AUTO.on(false));
    for (ComputeType type : ComputeType.values()) {
      ComputeChoice choice = ComputeChoice.parse(type.label());
      assertEquals(List.of(type, type), List.of(choice.on(true), choice.on(false)));
    }
  }

  @Test
  void computing_openName_getsTheTypeUnlessItIsFloat32() {
    assertEquals(MODEL, Models.computing(MODEL, ComputeChoice.AUTO, false));
    assertEquals(BF16, Models.computing(MODEL, ComputeChoice.AUTO, true));
    assertEquals(MODEL, Models.computing(MODEL, ComputeChoice.F32, true));
    assertEquals(
        "m#a=b&tokenreel_compute=f16", Models.computing("m#a=b", ComputeChoice.F16, false));
  }

  @Test
  void computing_nameWithAType_keepsItAndRefusesAnother() {
    assertEquals(BF16, Models.computing(BF16, ComputeChoice.AUTO, false));
    assertEquals(BF16, Models.computing(BF16, ComputeChoice.BF16, false));
    assertTrue(
        refusal(() -> Models.computing(BF16, ComputeChoice.F32, false))
            .endsWith("names the compute type bf16, and f32 is asked for: name one of them"));
  }

  @Test
  void computing_exportedEncoder_isLeftAsItIs() {
    assertEquals("djl:/m", Models.computing("djl:/m", ComputeChoice.AUTO, true));
    assertEquals("djl:/m", Models.computing("djl:/m", ComputeChoice.F32, true));
    assertTrue(
        refusal(() -> Models.computing("djl:/m", ComputeChoice.BF16, true))
            .contains("computes as its exported file says, not in bf16"));
  }

  @Test
  void computeType_ofAName_isFloat32UnlessItSaysAnother() {
    assertEquals(Optional.of(ComputeType.F32), Models.computeType(MODEL));
    assertEquals(Optional.of(ComputeType.BF16), Models.computeType(BF16));
    assertEquals(Optional.empty(), Models.computeType("djl:/m"));
    assertEquals(Optional.empty(), Models.namedComputeType(MODEL));
    assertEquals(Optional.of(ComputeType.BF16), Models.namedComputeType(BF16));
    assertEquals(
        "unknown compute type 'f8'; known: [f32, bf16, f16]",
        refusal(() -> Models.computeType("m#tokenreel_compute=f8")));
  }

  @Test
  void isBuiltIn_ofNames_isTrueOfDefaultWithSettingsToo() {
    assertTrue(Models.isBuiltIn("default"));
    assertTrue(Models.isBuiltIn("default#tokenreel_compute=bf16"));
    assertFalse(Models.isBuiltIn("defaults"));
  }

  @Test
  void keys_ofAnotherType_endWithIt() {
    String encoder = Models.describe(MODEL, HADOOP).encoder();
    assertEquals(encoder + "+bf16", Models.describe(BF16, HADOOP).encoder());
    assertEquals(
        Models.describeLanguage(MODEL, HADOOP).decoder() + "+bf16",
        Models.describeLanguage(BF16, HADOOP).decoder());
  }

  @Test
  void encoderOfTokens_cacheWithoutTheOwn_isTheOnlyOtherOne() {
    String f32 = Models.describe(MODEL, HADOOP).encoder();
    assertEquals(f32, ModelKeys.encoderOfTokens(BF16, HADOOP, List.of("other@1", f32)));
    assertEquals(f32 + "+bf16", ModelKeys.encoderOfTokens(MODEL, HADOOP, List.of(f32 + "+bf16")));
    assertEquals(
        f32 + "+bf16", ModelKeys.encoderOfTokens(BF16, HADOOP, List.of(f32, f32 + "+bf16")));
    assertEquals(f32, ModelKeys.encoderOfTokens(MODEL, HADOOP, List.of("other@1")));
    String message =
        refusal(
            () ->
                ModelKeys.encoderOfTokens(
                    MODEL, HADOOP, List.of(f32 + "+f16", f32 + "+bf16", "other@1")));
    assertTrue(message.contains("but of [%1$s+bf16, %1$s+f16]".formatted(f32)), message);
    assertTrue(message.contains("#tokenreel_compute=TYPE"), message);
  }

  /** What version 0.1.0 wrote was computed in float32. */
  @Test
  void encoder_cacheWithAnOldName_goesOnUnderItInFloat32Alone() {
    String old = "tiny@" + Models.legacyRevision(MODEL, HADOOP, Models.Side.VISION).orElseThrow();
    List<String> named = List.of(old);
    assertEquals(old, ModelKeys.encoder(MODEL, HADOOP, named));
    String bf16 = Models.describe(BF16, HADOOP).encoder();
    assertEquals(bf16, ModelKeys.encoder(BF16, HADOOP, named));
    assertEquals(old, ModelKeys.encoderOfTokens(BF16, HADOOP, named));
    assertEquals(bf16, ModelKeys.encoderOfTokens(BF16, HADOOP, List.of(old, bf16)));
  }
}
