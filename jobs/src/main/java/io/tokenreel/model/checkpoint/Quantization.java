package io.tokenreel.model.checkpoint;

import io.tokenreel.model.safetensors.SafetensorsDtype;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Says in one line that a checkpoint's weights are quantised, and what to do. */
public final class Quantization {

  /** Where config.json says so: Transformers, and older files of compressed-tensors. */
  private static final List<String> SECTIONS = List.of("quantization_config", "compression_config");

  /** Types of weights that only mean something together with scales. */
  static final Set<SafetensorsDtype> TYPES =
      EnumSet.of(
          SafetensorsDtype.F8_E4M3,
          SafetensorsDtype.F8_E5M2,
          SafetensorsDtype.I8,
          SafetensorsDtype.U8,
          SafetensorsDtype.I32);

  private static final String EXPECTED =
      "expected weights of F32, F16 or BF16: name the original checkpoint, or ";

  private static final String PLAIN = "write it dequantised with save_pretrained";

  private Quantization() {}

  /**
   * What to say of a checkpoint whose settings name a quantisation; empty for one whose do not.
   *
   * @param config config.json
   */
  public static Optional<String> fault(String uri, Settings config) {
    return SECTIONS.stream()
        .filter(config::has)
        .findFirst()
        .map(
            section -> {
              String method = method(config.section(section));
              return "model '%s' is quantised (%s, as %s of config.json says); %s%s"
                  .formatted(uri, method, section, EXPECTED, remedy(method));
            });
  }

  /** What to say of a tensor whose type only a quantised checkpoint has. */
  static String fault(String uri, String tensor, SafetensorsDtype found) {
    return "tensor '%s' of model '%s' is quantised, found %s; %s%s"
        .formatted(tensor, uri, found, EXPECTED, remedy(""));
  }

  /** The first settings of bitsandbytes had no name. */
  private static String method(Settings quantization) {
    return quantization.isText("quant_method")
        ? quantization.text("quant_method")
        : quantization.has("load_in_4bit") || quantization.has("load_in_8bit")
            ? "bitsandbytes"
            : "unnamed";
  }

  /** How Transformers gives plain weights, where it can. */
  private static String remedy(String method) {
    return switch (method) {
      case "bitsandbytes", "higgs" -> "load it with Transformers, call dequantize() and " + PLAIN;
      case "fp8" ->
          "load it with Transformers and FineGrainedFP8Config(dequantize=True), and " + PLAIN;
      case "mxfp4" -> "load it with Transformers and Mxfp4Config(dequantize=True), and " + PLAIN;
      default -> "load it with the tool that quantised it, and " + PLAIN;
    };
  }
}
