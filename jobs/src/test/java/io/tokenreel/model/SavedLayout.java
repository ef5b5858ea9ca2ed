package io.tokenreel.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.model.safetensors.SafetensorsFile;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import io.tokenreel.testing.Fixtures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A golden checkpoint as a version of Transformers saves it. Settings are that version's own files;
 * weights, tokenizer and chat template are written here.
 */
public enum SavedLayout {
  /** One flat config.json for the Qwen models; a template in JSON. */
  V4_45("4.45"),

  /** The language model's settings twice for Qwen2-VL and Qwen2.5-VL; a file for videos. */
  V4_57("4.57"),

  /** Nested settings, rope_parameters, one file for all processors, a rebuilt tokenizer. */
  V5_24("5.24"),

  /** As {@link #V5_24}, with {@code save_original_format=False}: tensors' names in memory. */
  V5_24_IN_MEMORY("5.24");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String version;

  SavedLayout(String version) {
    this.version = version;
  }

  /** Whether the version has the family. */
  public boolean has(Path golden) {
    return Files.isDirectory(settings(golden));
  }

  private Path settings(Path golden) {
    return Fixtures.LAYOUTS.resolve(version).resolve(golden.getFileName());
  }

  /**
   * Writes the folder.
   *
   * @param golden is not changed
   * @param to is made
   * @param shards files of weights, with an index where there are several
   * @return {@code to}
   */
  public Path write(Path golden, Path to, int shards) throws IOException {
    Files.createDirectories(to);
    copy(settings(golden), to, "");
    Files.copy(golden.resolve("generation_config.json"), to.resolve("generation_config.json"));
    writeTemplate(golden, to);
    writeTokenizer(golden, to);
    UnaryOperator<String> names =
        this == V5_24_IN_MEMORY ? SavedLayout::inMemory : UnaryOperator.identity();
    writeWeights(weights(golden, names), to, shards);
    return to;
  }

  /** Copies the files whose names begin so. */
  static void copy(Path from, Path to, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (file.getFileName().toString().startsWith(prefix)) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  private void writeTemplate(Path golden, Path to) throws IOException {
    Path json = golden.resolve("chat_template.json");
    if (this == V4_45) {
      Files.copy(json, to.resolve("chat_template.json"));
    } else {
      Files.writeString(
          to.resolve("chat_template.jinja"),
          JSON.readTree(json.toFile()).get("chat_template").textValue());
    }
  }

  private void writeTokenizer(Path golden, Path to) throws IOException {
    ObjectNode tokenizer = (ObjectNode) JSON.readTree(golden.resolve("tokenizer.json").toFile());
    if (version.startsWith("5")) {
      ((ObjectNode) tokenizer.get("model"))
          .put("continuing_subword_prefix", "")
          .put("end_of_word_suffix", "");
      JsonNode all = JSON.readTree("[{\"Sequence\": {\"id\": \"A\", \"type_id\": 0}}]");
      ObjectNode added = tokenizer.putObject("post_processor").put("type", "TemplateProcessing");
      added.set("single", all);
      added.set("pair", all);
      added.putObject("special_tokens");
    }
    JSON.writeValue(to.resolve("tokenizer.json").toFile(), tokenizer);
  }

  private static String inMemory(String stored) {
    String name = stored.replace("vision_tower.vision_model.", "vision_tower.");
    if (name.endsWith("lm_head.weight")) {
      return "lm_head.weight";
    }
    if (name.startsWith("language_model.model.")) {
      return name.replace("language_model.model.", "model.language_model.");
    }
    if (name.startsWith("model.")) {
      return name.startsWith("model.visual.") || name.startsWith("model.language_model.")
          ? name
          : name.replaceFirst("model\\.", "model.language_model.");
    }
    return "model." + name;
  }

  /** All tensors of a checkpoint, by new names. */
  static Map<String, Tensor> weights(Path checkpoint, UnaryOperator<String> names)
      throws IOException {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path path : files.filter(file -> file.toString().endsWith(".safetensors")).toList()) {
        if (path.getFileName().toString().startsWith("model")) {
          SafetensorsFile file = SafetensorsFile.open(path);
          file.names().forEach(name -> weights.put(names.apply(name), file.tensor(name)));
        }
      }
    }
    return weights;
  }

  /** Writes the tensors in turn to a number of files. */
  static void writeWeights(Map<String, Tensor> weights, Path to, int shards) throws IOException {
    List<Map<String, Tensor>> parts = new ArrayList<>();
    for (int part = 0; part < shards; part++) {
      parts.add(new LinkedHashMap<>());
    }
    Map<String, String> index = new TreeMap<>();
    for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
      int part = index.size() % shards;
      parts.get(part).put(weight.getKey(), weight.getValue());
      index.put(weight.getKey(), file(part, shards));
    }
    for (int part = 0; part < shards; part++) {
      try (OutputStream out = Files.newOutputStream(to.resolve(file(part, shards)))) {
        SafetensorsWriter.write(out, parts.get(part), Map.of("format", "pt"));
      }
    }
    if (shards > 1) {
      JSON.writeValue(
          to.resolve("model.safetensors.index.json").toFile(), Map.of("weight_map", index));
    }
  }

  private static String file(int part, int shards) {
    return shards == 1
        ? "model.safetensors"
        : "model-%05d-of-%05d.safetensors".formatted(part + 1, shards);
  }
}
