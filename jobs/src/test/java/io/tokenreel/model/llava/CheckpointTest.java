package io.tokenreel.model.llava;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How checkpoints are found, checked and told apart. */
class CheckpointTest {

  private static final String FC1 = "vision_tower.vision_model.encoder.layers.1.mlp.fc1.weight";

  @TempDir Path folder;

  @Test
  void revision_ofTheSameWeights_doesNotDependOnShardsOrLayout() throws IOException {
    VisionInfo one = describe(checkpoint().write(folder.resolve("a/model")));
    VisionInfo three = describe(checkpoint().write(folder.resolve("b/model"), 3));
    VisionInfo renamed =
        describe(checkpoint().layout(TestCheckpoint.PREFIXED).write(folder.resolve("c/model"), 2));
    VisionInfo shortened =
        describe(checkpoint().layout(TestCheckpoint.SHORT).write(folder.resolve("d/model")));
    assertTrue(one.encoder().matches("model@[0-9a-f]{16}"), one.encoder());
    assertEquals(one.encoder(), three.encoder());
    assertEquals(one.encoder(), renamed.encoder());
    assertEquals(one.encoder(), shortened.encoder());
    assertArrayEquals(one.separatorRows(), renamed.separatorRows());
  }

  @Test
  void revision_ofOtherWeightsTypesOrSettings_isAnother() throws IOException {
    String original = describe(checkpoint().write(folder.resolve("a/model"))).encoder();
    TestCheckpoint changed = checkpoint();
    ByteBuffer data = ByteBuffer.allocate(changed.tensors.get(FC1).data().remaining());
    changed.tensors.put(
        FC1, new Tensor(SafetensorsDtype.F32, changed.tensors.get(FC1).shape(), data));
    assertNotEquals(original, describe(changed.write(folder.resolve("b/model"))).encoder());
    assertNotEquals(
        original,
        describe(checkpoint().dtype(SafetensorsDtype.BF16).write(folder.resolve("c/model")))
            .encoder());
    assertNotEquals(
        original,
        describe(checkpoint().config("1e-06", "1e-05").write(folder.resolve("d/model"))).encoder());
  }

  @Test
  void describe_afterAFileChanged_readsItAgain() throws IOException {
    checkpoint().write(folder);
    String before = describe(folder).encoder();
    checkpoint().config("1e-06", "0.00001").write(folder);
    assertNotEquals(before, describe(folder).encoder());
  }

  @Test
  void describe_withoutATensor_namesItAndItsShape() throws IOException {
    TestCheckpoint checkpoint = checkpoint();
    checkpoint.tensors.remove(FC1);
    checkpoint.write(folder);
    assertFails("vision_tower.encoder.layers.1.mlp.fc1.weight", "[52, 44]", "lacks");
  }

  @Test
  void describe_withAMisshapenTensor_namesItAndBothShapes() throws IOException {
    TestCheckpoint checkpoint = checkpoint();
    checkpoint.tensors.put(
        FC1, new Tensor(SafetensorsDtype.F32, List.of(44L, 52L), ByteBuffer.allocate(44 * 52 * 4)));
    checkpoint.write(folder);
    assertFails("vision_tower.encoder.layers.1.mlp.fc1.weight", "[52, 44]", "[44, 52]");
  }

  @Test
  void describe_withIntegerWeights_namesTheTypes() throws IOException {
    TestCheckpoint checkpoint = checkpoint();
    checkpoint.tensors.put(
        FC1, new Tensor(SafetensorsDtype.I8, List.of(52L, 44L), ByteBuffer.allocate(44 * 52)));
    checkpoint.write(folder);
    assertFails("fc1.weight", "I8", "BF16");
  }

  @Test
  void describe_withoutAShard_namesTheShard() throws IOException {
    checkpoint().write(folder, 3);
    Files.delete(folder.resolve(TestCheckpoint.shard(1, 3)));
    assertFails("lacks model-00002-of-00003.safetensors");
  }

  @Test
  void describe_withAShardOutsideTheFolder_isAnError() throws IOException {
    checkpoint().write(folder, 1);
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(
        index, Files.readString(index).replace("model-00001-of-00001", "../elsewhere"));
    assertFails("lacks ../elsewhere.safetensors");
  }

  @Test
  void describe_withATensorInTwoLayouts_namesBoth() throws IOException {
    TestCheckpoint checkpoint = checkpoint();
    checkpoint.tensors.put(TestCheckpoint.SHORT.apply(FC1), checkpoint.tensors.get(FC1));
    checkpoint.write(folder);
    assertFails(FC1, TestCheckpoint.SHORT.apply(FC1), "one tensor");
  }

  @Test
  void describe_ofAFileCutShort_saysSo() throws IOException {
    checkpoint().write(folder);
    Path file = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 100));
    assertFails("model.safetensors", "cut short");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "siglip_vision_model|clip_vision_model|model_type must be one of [siglip_vision_model]",
        "gelu_pytorch_tanh|quick_gelu|hidden_act must be one of [gelu_pytorch_tanh]",
        "\"gelu\"|\"relu\"|projector_hidden_act must be one of [gelu]",
        "\"full\"|\"default\"|vision_feature_select_strategy must be one of [full]",
        "layer\": -1|layer\": 4|vision_feature_layer must lie in [-4, 3]; got 4",
        "layer\": -1|layer\": [1, 2]|vision_feature_layer must be an integer",
        "heads\": 4|heads\": 5|multiple of num_attention_heads; got 44 and 5",
        "\"hidden_size\": 44|\"hidden_size\": 0|hidden_size must be an integer of at least 1",
        "size\": 65|size\": 64|height must be one of [64]; got 65",
        "LlavaOnevisionFor|OtherFor|known: [LlavaOnevisionForConditionalGeneration]",
        "\"architectures\"|architectures|is not JSON",
      })
  void describe_withASettingOutOfRange_namesItAndTheKnownOnes(
      String piece, String replacement, String expected) throws IOException {
    checkpoint().config(piece, replacement).write(folder);
    assertFails(expected);
  }

  @Test
  void describe_withoutTheFolderOrItsConfig_saysWhatIsExpected() throws IOException {
    assertFails("config.json");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Models.describe(folder + "/absent", new Configuration()))
            .getMessage();
    assertTrue(message.contains("does not exist") && message.contains("default"), message);
    checkpoint().write(folder);
    Files.delete(folder.resolve("preprocessor_config.json"));
    assertFails("lacks preprocessor_config.json");
  }

  @Test
  void describe_withoutVisionSettings_takesTransformersDefaults() throws IOException {
    checkpoint().config("\"image_size\": 65,", "").config("\"hidden_size\": 44,", "").write(folder);
    Path settings = folder.resolve("preprocessor_config.json");
    Files.writeString(settings, Files.readString(settings).replace("65", "224"));
    // SiglipVisionConfig: image_size 224, hidden_size 768
    assertFails("multi_modal_projector.linear_1.weight", "[40, 768]", "[40, 44]");
  }

  private static TestCheckpoint checkpoint() {
    return new TestCheckpoint(TestCheckpoint.ODD);
  }

  private static VisionInfo describe(Path folder) {
    return Models.describe(folder.toString(), new Configuration());
  }

  private void assertFails(String... pieces) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> describe(folder)).getMessage();
    for (String piece : pieces) {
      assertTrue(message.contains(piece), () -> "no '" + piece + "' in: " + message);
    }
  }
}
