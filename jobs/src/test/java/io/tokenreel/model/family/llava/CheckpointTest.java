package io.tokenreel.model.family.llava;

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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    assertTrue(one.encoder().matches("llava_onevision@[0-9a-f]{20}"), one.encoder());
    assertEquals(one.encoder(), three.encoder());
    assertEquals(one.encoder(), renamed.encoder());
    assertEquals(one.encoder(), shortened.encoder());
    assertArrayEquals(one.layout().rows(), renamed.layout().rows());
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"torch_dtype\": \"float32\"|\"dtype\": \"bfloat16\"",
        "\"architectures\"|\"transformers_version\": \"5.0.0\", \"_name_or_path\": \"/tmp/x\", \"architectures\"",
        "\"num_channels\": 3,|",
        "\"vision_feature_layer\": -1|\"vision_feature_layer\": 3",
        "1e-06|0.000001",
        "{|{  ",
      })
  void revision_ofSettingsThatMeanTheSame_isTheSame(String piece, String replacement)
      throws IOException {
    String original = describe(checkpoint().write(folder.resolve("a/model"))).encoder();
    String again =
        describe(
                checkpoint()
                    .config(piece, replacement == null ? "" : replacement)
                    .write(folder.resolve("b/another name")))
            .encoder();
    assertEquals(original, again);
  }

  /** A hub's cache: the folder's name is a commit, and its files are links to blobs. */
  @Test
  void describe_aSnapshotOfAHubsCache_isTheSameModelUnderItsReadableName() throws IOException {
    Path plain = checkpoint().write(folder.resolve("plain"));
    Path repository = folder.resolve("models--some-org--tiny-model");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123456789abcdef"));
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(plain)) {
      for (Path file : files) {
        Path blob = Files.copy(file, blobs.resolve("blob of " + file.getFileName()));
        Files.createSymbolicLink(
            snapshot.resolve(file.getFileName()), Path.of("../../blobs", "" + blob.getFileName()));
      }
    }
    VisionInfo vision = describe(snapshot);
    assertEquals(describe(plain).encoder(), vision.encoder());
    assertEquals("some-org/tiny-model", vision.model());
    assertEquals("plain", describe(plain).model());
    assertFails(repository, "is a repository in a hub's cache", "snapshots");
    Files.delete(blobs.resolve("blob of model.safetensors"));
    assertFails(snapshot, "lacks model.safetensors");
  }

  /** Transformers 5 writes the processor's parts into one file; some write the video's apart. */
  @ParameterizedTest
  @ValueSource(strings = {"image_processor", "video_processor", ""})
  void describe_ofAnotherLayoutOfThePreprocessor_isTheSame(String section) throws IOException {
    String original = describe(checkpoint().write(folder.resolve("a"))).encoder();
    Path other = checkpoint().write(folder.resolve("b"));
    Path old = other.resolve("preprocessor_config.json");
    String settings = Files.readString(old);
    Files.delete(old);
    if (section.isEmpty()) {
      Files.writeString(other.resolve("video_preprocessor_config.json"), settings);
    } else {
      Files.writeString(
          other.resolve("processor_config.json"),
          "{\"processor_class\": \"LlavaOnevisionProcessor\", \"%s\": %s}"
              .formatted(section, settings));
    }
    assertEquals(original, describe(other).encoder());
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "quantization_config|{\"quant_method\": \"fp8\"}|quantised (fp8,|FineGrainedFP8Config(dequantize=True)",
        "quantization_config|{\"quant_method\": \"bitsandbytes\", \"load_in_4bit\": true}|quantised (bitsandbytes,|call dequantize()",
        "quantization_config|{\"load_in_8bit\": true}|quantised (bitsandbytes,|call dequantize()",
        "quantization_config|{\"quant_method\": \"mxfp4\"}|quantised (mxfp4,|Mxfp4Config(dequantize=True)",
        "quantization_config|{\"quant_method\": \"awq\", \"bits\": 4}|quantised (awq,|the tool that quantised it",
        "quantization_config|{\"quant_method\": \"gptq\", \"bits\": 4}|quantised (gptq,|the tool that quantised it",
        "compression_config|{\"format\": \"float-quantized\"}|as compression_config of config.json says|name the original",
      })
  void describe_ofAQuantisedCheckpoint_saysHowItBecomesPlain(
      String section, String settings, String one, String other) throws IOException {
    checkpoint()
        .config("\"architectures\"", "\"%s\": %s, \"architectures\"".formatted(section, settings))
        .write(folder);
    assertFails(one, "expected weights of F32, F16 or BF16", other, "save_pretrained");
  }

  @Test
  void describe_withoutAQuantisation_isThePlainCheckpoint() throws IOException {
    checkpoint()
        .config("\"architectures\"", "\"quantization_config\": null, \"architectures\"")
        .write(folder);
    assertEquals(
        describe(checkpoint().write(folder.resolve("plain"))).encoder(),
        describe(folder).encoder());
  }

  /** Whose settings do not say so. */
  @ParameterizedTest
  @CsvSource({"F8_E4M3, weight", "F8_E5M2, weight", "U8, weight", "I32, qweight"})
  void describe_withQuantisedWeights_namesOneAndItsType(SafetensorsDtype type, String suffix)
      throws IOException {
    TestCheckpoint checkpoint = checkpoint();
    checkpoint.tensors.remove(FC1);
    checkpoint.tensors.put(
        FC1.replaceAll("weight$", suffix),
        new Tensor(type, List.of(52L, 44L), ByteBuffer.allocate(52 * 44 * type.bytes())));
    checkpoint.write(folder);
    assertFails("mlp.fc1." + suffix, "is quantised, found " + type, "dequantised");
  }

  @Test
  void describe_withAnAdapterAmongTheWeights_isTheWholeModel() throws IOException {
    String original = describe(checkpoint().write(folder.resolve("plain"))).encoder();
    checkpoint().write(folder);
    Files.writeString(folder.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\"}");
    Files.write(folder.resolve("adapter_model.safetensors"), new byte[3]);
    assertEquals(original, describe(folder).encoder());
  }

  @Test
  void describe_withAnIndexOfOldShardsBesideOneFile_isTheFile() throws IOException {
    String original = describe(checkpoint().write(folder.resolve("plain"))).encoder();
    checkpoint().write(folder);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"%s\": \"model-00001-of-00002.safetensors\"}}".formatted(FC1));
    assertEquals(original, describe(folder).encoder());
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.safetensors|version https://git-lfs.github.com/spec/v1|model.safetensors of|`git lfs pull`",
        "config.json|version https://git-lfs.github.com/spec/v1|config.json of|`git lfs pull`",
        "model.safetensors|# xet version 0|a git-lfs pointer|download it again",
        "model.safetensors||model.safetensors|not a safetensors file",
        "model.safetensors|<html>404</html> and more|model.safetensors|not a safetensors file",
        "config.json|<html>404</html>|config.json|is not JSON",
      })
  void describe_ofAFileThatIsAnother_saysWhatItIs(
      String file, String content, String one, String other) throws IOException {
    checkpoint().write(folder);
    Files.delete(folder.resolve(file));
    Files.writeString(folder.resolve(file), content == null ? "" : content);
    assertFails(one, other);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.safetensors.incomplete|its download has not ended",
        "model.safetensors.aria2|its download has not ended",
        "pytorch_model.bin|safe_serialization=True",
        "pytorch_model-00001-of-00002.bin|safe_serialization=True",
        "model-q4.gguf|is GGUF",
        "adapter_config.json|is an adapter (LoRA)",
        "model-00001-of-00002.safetensors|lacks model.safetensors.index.json",
        "README.md|lacks model.safetensors, or",
      })
  void describe_withoutWeights_saysWhatTheFolderIs(String other, String expected)
      throws IOException {
    checkpoint().write(folder);
    Files.move(folder.resolve("model.safetensors"), folder.resolve(other));
    assertFails(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "adapter_config.json|is an adapter (LoRA)",
        "model-q4.gguf|is GGUF",
        "notes.txt|holds no config.json",
      })
  void describe_withoutSettings_saysWhatTheFolderIs(String other, String expected)
      throws IOException {
    Files.writeString(folder.resolve(other), "{}");
    assertFails(expected);
    assertFails(folder.resolve(other), other.endsWith(".gguf") ? "is GGUF" : "is a file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llava-hf/llava-onevision-qwen2-0.5b-ov-hf",
        "https://huggingface.co/llava-hf/llava-onevision-qwen2-0.5b-ov-hf",
        "https://huggingface.co/llava-hf/llava-onevision-qwen2-0.5b-ov-hf/tree/main",
        "hf://llava-hf/llava-onevision-qwen2-0.5b-ov-hf",
      })
  void describe_aHubId_saysHowToDownloadIt(String id) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Models.describe(id, new Configuration()))
            .getMessage();
    assertTrue(
        message.contains(
            "run `hf download llava-hf/llava-onevision-qwen2-0.5b-ov-hf --local-dir llava-onevision-qwen2-0.5b-ov-hf`"),
        message);
    assertEquals(1, message.lines().count());
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
        "LlavaOnevisionFor|OtherFor|known: [LlavaOnevisionForConditionalGeneration, LlavaQwenForCausalLM, Qwen2VLForConditionalGeneration, Qwen2_5_VLForConditionalGeneration, Qwen3VLForConditionalGeneration]",
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
    assertFails(folder, pieces);
  }

  private static void assertFails(Path folder, String... pieces) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> describe(folder)).getMessage();
    for (String piece : pieces) {
      assertTrue(message.contains(piece), () -> "no '" + piece + "' in: " + message);
    }
  }
}
