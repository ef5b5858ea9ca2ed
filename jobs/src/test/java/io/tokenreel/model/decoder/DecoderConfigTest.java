package io.tokenreel.model.decoder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.model.checkpoint.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a decoder's settings are read. */
class DecoderConfigTest {

  @TempDir Path folder;

  private DecoderConfig read(String fields) throws IOException {
    return read(DecoderKind.QWEN2, fields);
  }

  private DecoderConfig read(DecoderKind kind, String fields) throws IOException {
    Files.writeString(folder.resolve("config.json"), fields.replace('\'', '"'));
    CheckpointFolder checkpoint = CheckpointFolder.open(folder.toString(), new Configuration());
    return DecoderConfig.of(kind, Settings.read(checkpoint, "config.json"));
  }

  /** What people add for longer sequences, to a file that has the newer section. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'rope_parameters': {'rope_type': 'default', 'rope_theta': 1e6}, 'rope_scaling': {'type': 'yarn', 'factor': 4}}|type must be one of [default, mrope]; got \"yarn\"",
        "{'rope_parameters': {'full_attention': {'rope_type': 'default', 'rope_theta': 1e6}}}|rope_parameters must be the same for all layers",
        "{'rope_parameters': {'rope_type': 'llama3'}}|rope_type must be one of [default, mrope]; got \"llama3\"",
        "{'layer_types': ['full_attention', 'sliding_attention'], 'sliding_window': 8}|layer_types must be full_attention for each layer",
        "{'use_sliding_window': true}|use_sliding_window must be one of [false]",
        "{'hidden_act': 'gelu'}|hidden_act must be one of [silu]",
        "{'attention_bias': true}|attention_bias must be one of [false]",
      },
      quoteCharacter = '\0')
  void of_whatIsNotComputed_namesIt(String fields, String expected) {
    String message = assertThrows(IllegalArgumentException.class, () -> read(fields)).getMessage();
    assertTrue(message.contains(expected), message);
  }

  @Test
  void of_bothRotarySections_readsTheOlderOneAsTransformersDoes() throws IOException {
    String both =
        "{'rope_theta': 5e5, 'rope_parameters': {'rope_theta': 1e6}, 'rope_scaling': {'type': 'default'}}";
    assertEquals(5e5, read(both).ropeTheta());
    assertEquals(1e6, read("{'rope_parameters': {'rope_theta': 1e6}}").ropeTheta());
    assertEquals(
        1e6, read("{'rope_scaling': null, 'rope_parameters': {'rope_theta': 1e6}}").ropeTheta());
  }

  @Test
  void of_keyHeadsThatAreNull_areAsManyAsHeads() throws IOException {
    String sizes = "{'hidden_size': 64, 'num_attention_heads': 4, 'num_key_value_heads': ";
    assertEquals(4, read(sizes + "null}").keyHeads());
    assertEquals(2, read(sizes + "2}").keyHeads());
  }

  @Test
  void of_missingSections_areTransformersDefaults() throws IOException {
    assertEquals(
        List.of(16, 24, 24),
        read(DecoderKind.QWEN2_VL, "{'rope_parameters': {'rope_theta': 1e6}}")
            .sections()
            .sections());
    assertEquals(
        List.of(24, 20, 20),
        read(DecoderKind.QWEN3_VL, "{'rope_theta': 5e6}").sections().sections());
  }

  /** Such as lmms-lab/llava-onevision-qwen2-7b-ov says llava. */
  @ParameterizedTest
  @ValueSource(strings = {"qwen2", "llava_qwen", "llava"})
  void of_modelTypeOfLlavaQwen_isQwen2(String type) throws IOException {
    assertEquals(DecoderKind.QWEN2, read("{'model_type': '%s'}".formatted(type)).kind());
  }

  @Test
  void of_settingsOfAnotherKindThanTheFamilys_saysWhichItExpects() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> read(DecoderKind.QWEN2_VL, "{'model_type': 'qwen2'}"))
            .getMessage();
    assertTrue(message.contains("model_type must be one of [qwen2_vl, qwen2_vl_text"), message);
  }

  @Test
  void of_baseOfWavelengthsThatReleasesReadDifferently_mustBeSet() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> read(DecoderKind.QWEN3_VL, "{}"))
            .getMessage();
    assertTrue(message.contains("expected a rope_theta; got none"), message);
  }
}
