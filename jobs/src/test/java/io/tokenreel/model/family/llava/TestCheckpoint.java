package io.tokenreel.model.family.llava;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tokenreel.model.safetensors.SafetensorsDtype;
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
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A seeded checkpoint of awkward sizes, written in the ways that checkpoints are published. */
final class TestCheckpoint {

  /** 65 pixels leave two over after 7 patches of 9; heads of 11 channels; a 7 x 7 grid. */
  static final SeededCheckpoint ODD =
      new SeededCheckpoint(new SiglipConfig(65, 9, 44, 52, 3, 4, 1e-5), 40, 7);

  static final UnaryOperator<String> PUBLISHED = name -> name;
  static final UnaryOperator<String> SHORT =
      name -> name.replace("vision_tower.vision_model.", "vision_tower.");
  static final UnaryOperator<String> PREFIXED = name -> "model." + SHORT.apply(name);

  final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final SeededCheckpoint seeded;
  private String config;

  TestCheckpoint(SeededCheckpoint seeded) {
    this.seeded = seeded;
    this.config = seeded.config();
    tensors.putAll(seeded.tensors());
    tensors.put(
        "language_model.model.norm.weight",
        new Tensor(SafetensorsDtype.F32, List.of(1L), ByteBuffer.allocate(4)));
  }

  /** Replaces a piece of config.json, which must be there. */
  TestCheckpoint config(String piece, String replacement) {
    if (!config.contains(piece)) {
      throw new IllegalArgumentException("config.json holds no " + piece);
    }
    config = config.replace(piece, replacement);
    return this;
  }

  /** Renames every tensor. */
  TestCheckpoint layout(UnaryOperator<String> names) {
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> renamed.put(names.apply(name), tensor));
    tensors.clear();
    tensors.putAll(renamed);
    return this;
  }

  /** Narrows every tensor: bf16 by cutting off, f16 by rounding small values well enough. */
  TestCheckpoint dtype(SafetensorsDtype dtype) {
    tensors.replaceAll((name, tensor) -> narrow(tensor, dtype));
    return this;
  }

  /** Writes one file. */
  Path write(Path folder) throws IOException {
    writeSettings(folder);
    writeTensors(folder.resolve("model.safetensors"), tensors);
    return folder;
  }

  /** Writes the tensors in turn to a number of shards, with an index. */
  Path write(Path folder, int shards) throws IOException {
    writeSettings(folder);
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (int i = 0; i < shards; i++) {
      parts.add(new LinkedHashMap<>());
    }
    Map<String, String> index = new TreeMap<>();
    for (String name : tensors.keySet()) {
      int shard = index.size() % shards;
      parts.get(shard).put(name, tensors.get(name));
      index.put(name, shard(shard, shards));
    }
    for (int i = 0; i < shards; i++) {
      writeTensors(folder.resolve(shard(i, shards)), parts.get(i));
    }
    new ObjectMapper()
        .writeValue(
            folder.resolve("model.safetensors.index.json").toFile(), Map.of("weight_map", index));
    return folder;
  }

  static String shard(int index, int shards) {
    return "model-%05d-of-%05d.safetensors".formatted(index + 1, shards);
  }

  private void writeSettings(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("config.json"), config);
    Files.writeString(folder.resolve("preprocessor_config.json"), seeded.preprocessor());
  }

  private static void writeTensors(Path file, Map<String, Tensor> tensors) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      SafetensorsWriter.write(out, tensors, Map.of("format", "pt"));
    }
  }

  private static Tensor narrow(Tensor tensor, SafetensorsDtype dtype) {
    float[] values = tensor.floats();
    ByteBuffer data =
        ByteBuffer.allocate(values.length * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (dtype) {
        case BF16 -> data.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
        case F16 -> data.putShort(half(value));
        default -> data.putFloat(value);
      }
    }
    return new Tensor(dtype, tensor.shape(), data.flip());
  }

  /** Cuts off what binary16 has no bits for; values below its normal range become zero. */
  private static short half(float value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = ((bits >>> 23) & 0xff) - 112;
    int sign = (bits >>> 16) & 0x8000;
    return (short) (exponent < 1 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff));
  }
}
