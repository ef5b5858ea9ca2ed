package io.tokenreel.model.decoder;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tokenreel.model.safetensors.RandomTensor;
import io.tokenreel.model.safetensors.SafetensorsDtype;
import io.tokenreel.model.safetensors.SafetensorsWriter;
import io.tokenreel.model.safetensors.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * The language side of a LLaVA-OneVision with weights from a seed, in the published layout, tied
 * and in bfloat16: for benchmarks of what a Qwen2 of given widths costs. It brings no tokenizer.
 */
public final class SeededQwen2 {

  private static final int SEED = 20261121;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String architecture;
  private final DecoderConfig config;

  SeededQwen2(String architecture, DecoderConfig config) {
    this.architecture = architecture;
    this.config = config;
  }

  /**
   * Qwen2-0.5B's widths; it has 24 layers itself.
   *
   * @param architecture what config.json says the whole model is
   * @param layers decoder layers
   */
  public static SeededQwen2 halfBillion(String architecture, int layers) {
    return new SeededQwen2(
        architecture, new DecoderConfig(896, 4864, layers, 14, 2, 151936, 32768, 1e-6, 1e6, true));
  }

  /** Decoder layers. */
  public int layers() {
    return config.layers();
  }

  /** Channels of a token. */
  public int hidden() {
    return config.hidden();
  }

  /**
   * Writes config.json, generation_config.json and model.safetensors, over those that are there.
   *
   * @param folder is made when it is missing
   */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(configJson()));
    // Random weights say any token; this one nearly never, so that answers have their full length.
    Files.write(
        folder.resolve("generation_config.json"),
        JSON.writeValueAsBytes(
            JSON.createObjectNode().put("eos_token_id", config.vocabulary() - 1)));
    try (OutputStream out =
        new BufferedOutputStream(Files.newOutputStream(folder.resolve("model.safetensors")))) {
      SafetensorsWriter.write(out, tensors(), Map.of("format", "pt"));
    }
  }

  /** Floating-point operations of the matrix products that a prompt's rows take, but the head's. */
  public double prefillOperations(int tokens) {
    double attended = tokens * (tokens + 1.0) / 2; // pairs of a token and one that it sees
    return 2.0 * layerValues() * tokens + 4.0 * config.layers() * config.hidden() * attended;
  }

  /** Bytes of float32 weights that every new token takes: the layers' and the head's. */
  public double weightBytes() {
    return Float.BYTES * (layerValues() + (double) config.vocabulary() * config.hidden());
  }

  private double layerValues() {
    double hidden = config.hidden();
    double keys = (double) config.keyHeads() * config.headSize();
    return config.layers()
        * (2 * hidden * hidden + 2 * hidden * keys + 3 * hidden * config.intermediate());
  }

  private ObjectNode configJson() {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(architecture);
    json.put("model_type", "llava_onevision");
    json.put("tie_word_embeddings", config.tied());
    json.putObject("text_config")
        .put("model_type", "qwen2")
        .put("hidden_size", config.hidden())
        .put("intermediate_size", config.intermediate())
        .put("num_hidden_layers", config.layers())
        .put("num_attention_heads", config.heads())
        .put("num_key_value_heads", config.keyHeads())
        .put("vocab_size", config.vocabulary())
        .put("max_position_embeddings", config.positions())
        .put("rms_norm_eps", config.epsilon())
        .put("rope_theta", config.ropeTheta())
        .put("tie_word_embeddings", config.tied());
    return json;
  }

  /** Linear maps keep the variance of what they map, norms are near one, biases near zero. */
  private Map<String, Tensor> tensors() {
    SplittableRandom random = new SplittableRandom(SEED);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    DecoderWeights.expected(config)
        .forEach(
            (name, shape) ->
                tensors.put(
                    "language_model.model." + name,
                    RandomTensor.uniform(
                        SafetensorsDtype.BF16,
                        shape,
                        name.endsWith("norm.weight") ? 1 : 0,
                        shape.size() < 2 ? 0.02 : deviation(shape),
                        random.split())));
    return tensors;
  }

  private static double deviation(List<Long> shape) {
    return 1 / Math.sqrt(shape.get(1));
  }
}
