package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the towers' settings are read. */
class QwenVisionConfigTest {

  private static final List<Integer> NONE = List.of();

  @TempDir Path folder;

  @Test
  void read_ofTheGoldens_hasTheirSizes() {
    assertEquals(
        new QwenVisionConfig(
            QwenVlKind.QWEN2_VL, 14, 2, 48, 96, 3, 4, 64, 10_000, 0, NONE, 0, NONE, 0),
        golden("qwen2_vl_tiny"));
    assertEquals(
        new QwenVisionConfig(
            QwenVlKind.QWEN2_5_VL, 14, 2, 40, 72, 4, 2, 64, 10_000, 2, List.of(1, 3), 0, NONE, 2),
        golden("qwen2_5_vl_tiny"));
    assertEquals(
        new QwenVisionConfig(
            QwenVlKind.QWEN3_VL, 16, 2, 40, 56, 4, 2, 64, 10_000, 0, NONE, 7, List.of(0, 2), 0),
        golden("qwen3_vl_tiny"));
  }

  private static QwenVisionConfig golden(String name) {
    return new QwenGolden(QwenGolden.FOLDERS.resolve(name)).config;
  }

  @Test
  void read_ofNoSettings_hasTransformersDefaults() throws IOException {
    QwenSettings settings = new QwenSettings(folder).vision("");
    assertEquals(
        new QwenVisionConfig(
            QwenVlKind.QWEN2_VL, 14, 2, 1280, 5120, 32, 16, 3584, 10_000, 0, NONE, 0, NONE, 0),
        settings.config(QwenVlKind.QWEN2_VL));
    assertEquals(
        new QwenVisionConfig(
            QwenVlKind.QWEN2_5_VL,
            14,
            2,
            3584,
            3420,
            32,
            16,
            3584,
            10_000,
            4,
            List.of(7, 15, 23, 31),
            0,
            NONE,
            4),
        settings.config(QwenVlKind.QWEN2_5_VL));
    assertEquals(
        new QwenVisionConfig(
            QwenVlKind.QWEN3_VL,
            16,
            2,
            1152,
            4304,
            27,
            16,
            3584,
            10_000,
            0,
            NONE,
            48,
            List.of(8, 16, 24),
            0),
        settings.config(QwenVlKind.QWEN3_VL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2_VL|'model_type': 'siglip'|model_type; one of [qwen2_vl, qwen2_vl_vision]; 'siglip'",
        "QWEN2_VL|'hidden_act': 'gelu'|hidden_act; one of [quick_gelu]; 'gelu'",
        "QWEN2_5_VL|'hidden_act': 'gelu'|hidden_act; one of [silu]; 'gelu'",
        "QWEN3_VL|'hidden_act': 'gelu'|hidden_act; one of [gelu_pytorch_tanh]; 'gelu'",
        "QWEN2_VL|'in_chans': 4|in_chans; one of [3]; got 4",
        "QWEN2_5_VL|'in_channels': 1|in_channels; one of [3]; got 1",
        "QWEN3_VL|'temporal_patch_size': 4|temporal_patch_size; one of [2]; got 4",
        "QWEN3_VL|'rope_parameters': {'rope_type': 'yarn'}|rope_type; one of [axial, default]; 'yarn'",
        "QWEN3_VL|'rope_parameters': {'rope_theta': 0}|rope_theta; a number above 0; got 0",
        "QWEN2_VL|'patch_size': [14, 14]|patch_size; an integer of at least 1; got [14,14]",
        "QWEN2_VL|'spatial_merge_size': 0|spatial_merge_size; an integer of at least 1; got 0",
        "QWEN2_VL|'mlp_ratio': 2.5|mlp_ratio; an integer of at least 1; got 2.5",
        "QWEN2_VL|'embed_dim': 1281|a multiple of num_heads; got 1281 and 16",
        "QWEN2_VL|'embed_dim': 96|a head of 4 channels; got 96 and 16",
        "QWEN2_5_VL|'window_size': 27|window_size; an integer of at least 28; got 27",
        "QWEN2_5_VL|'fullatt_block_indexes': [-1]|fullatt_block_indexes; at least 0; got [-1]",
        "QWEN2_5_VL|'tokens_per_second': 0|tokens_per_second; at least 1; got 0",
        "QWEN3_VL|'num_position_embeddings': 50|num_position_embeddings; a square number; got 50",
        "QWEN3_VL|'deepstack_visual_indexes': [8, 27]|deepstack_visual_indexes; below depth 27; got [8, 27]",
        "QWEN3_VL|'deepstack_visual_indexes': [9, 8]|deepstack_visual_indexes; ascending; got [9, 8]",
      },
      quoteCharacter = '\0')
  void read_ofWhatIsNotComputed_namesTheSettingWhatIsExpectedAndWhatCame(
      QwenVlKind kind, String fields, String pieces) throws IOException {
    QwenSettings settings = new QwenSettings(folder).vision(fields.replace('\'', '"'));
    QwenSettings.assertRefused(() -> settings.config(kind), pieces.replace('\'', '"'));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "QWEN2_VL|'in_chans': 3, 'initializer_range': 0.1, 'model_type': 'qwen2_vl_vision'|true",
        "QWEN2_5_VL|'window_size': 139|true",
        "QWEN2_5_VL|'tokens_per_second': 2|true",
        "QWEN3_VL|'rope_parameters': {'rope_type': 'axial', 'rope_theta': 10000.0}|true",
        "QWEN3_VL|'deepstack_visual_indexes': null|true",
        "QWEN3_VL|'rope_parameters': {'rope_theta': 1000}|false",
        "QWEN2_VL|'depth': 31|false",
        "QWEN2_VL|'embed_dim': 1152|false",
        "QWEN2_VL|'mlp_ratio': 3|false",
        "QWEN2_VL|'num_heads': 32|false",
        "QWEN2_VL|'hidden_size': 1536|false",
        "QWEN2_VL|'spatial_merge_size': 1|false",
        "QWEN2_VL|'patch_size': 16|false",
        "QWEN2_5_VL|'window_size': 140|false",
        "QWEN2_5_VL|'fullatt_block_indexes': [7, 15]|false",
        "QWEN3_VL|'num_position_embeddings': 49|false",
        "QWEN3_VL|'deepstack_visual_indexes': []|false",
      },
      quoteCharacter = '\0')
  void canonical_ofOtherSettings_isAnotherWhereFeaturesAre(
      QwenVlKind kind, String fields, boolean same) throws IOException {
    String before = new QwenSettings(folder).vision("").config(kind).canonical();
    String after =
        new QwenSettings(folder).vision(fields.replace('\'', '"')).config(kind).canonical();
    if (same) {
      assertEquals(before, after);
    } else {
      assertNotEquals(before, after);
    }
  }

  @Test
  void of_anArchitecture_isItsFamily() {
    for (QwenVlKind kind : QwenVlKind.values()) {
      assertEquals(Optional.of(kind), QwenVlKind.of(kind.architecture()));
    }
    assertEquals(Optional.empty(), QwenVlKind.of("LlavaOnevisionForConditionalGeneration"));
  }
}
