package io.tokenreel.model.family.qwenvl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How tensors are found, checked and distinguished. */
class QwenVisionWeightsTest {

  private static final UnaryOperator<String> NEWER = name -> "model." + name;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(QwenVlKind.class)
  void revision_ofTheSameWeights_doesNotDependOnTheLayout(QwenVlKind kind) throws IOException {
    QwenVisionConfig config = SeededQwenVision.config(kind);
    String revision = revision(config, 7, UnaryOperator.identity());
    assertTrue(revision.matches("[0-9a-f]{20}"), revision);
    assertEquals(revision, revision(config, 7, NEWER));
    assertNotEquals(revision, revision(config, 8, UnaryOperator.identity()));
  }

  private String revision(QwenVisionConfig config, long seed, UnaryOperator<String> names)
      throws IOException {
    new SeededQwenVision(config, seed).write(folder, names);
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    return new QwenVisionWeights(checkpoint, config)
        .revision(config.canonical() + QwenPixels.read(checkpoint, config).canonical());
  }

  @Test
  void open_withoutATensor_namesItAndItsShape() throws IOException {
    new SeededQwenVision(SeededQwenVision.QWEN3, 7)
        .write(folder, name -> name.replace("merger_list.1.norm.bias", "merger_list.1.other"));
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    QwenSettings.assertRefused(
        () -> new QwenVisionWeights(checkpoint, SeededQwenVision.QWEN3),
        "lacks; 'visual.deepstack_merger_list.1.norm.bias'; [64]");
  }

  @Test
  void open_withATensorOfAnotherShape_namesBothShapes() throws IOException {
    new SeededQwenVision(SeededQwenVision.QWEN2_5, 7).write(folder, NEWER);
    CheckpointFolder checkpoint = QwenGolden.folder(folder);
    QwenSettings.assertRefused(
        () -> new QwenVisionWeights(checkpoint, SeededQwenVision.QWEN2_5_WIDE),
        "visual.blocks.0.mlp.down_proj.weight; [24, 32]; [24, 28]");
  }
}
