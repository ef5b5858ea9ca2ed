package io.tokenreel.model.family.qwenvl;

import io.tokenreel.model.decoder.DecoderKind;
import io.tokenreel.spec.Spec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The three families, and how their vision towers differ beyond the settings.
 *
 * <p>Source: transformers 5.23, models/qwen2_vl, models/qwen2_5_vl and models/qwen3_vl, {@code
 * modeling_*.py}.
 */
public enum QwenVlKind {
  /** arXiv 2409.12191: every layer looks at a whole step. */
  QWEN2_VL(
      "Qwen2VLForConditionalGeneration",
      "(arXiv 2409.12191): a vision tower for frames of any size, positions on three axes, a Qwen2 decoder",
      14,
      "quick_gelu",
      Norm.LAYER,
      List.of("mlp.fc1"),
      "mlp.fc2",
      List.of("ln_q", "mlp.0", "mlp.2")),

  /** arXiv 2502.13923: most layers look at windows, and time has a speed. */
  QWEN2_5_VL(
      "Qwen2_5_VLForConditionalGeneration",
      "(arXiv 2502.13923): a vision tower with windows, positions on three axes of which time has a speed, a Qwen2 decoder",
      14,
      "silu",
      Norm.RMS,
      List.of("mlp.gate_proj", "mlp.up_proj"),
      "mlp.down_proj",
      List.of("ln_q", "mlp.0", "mlp.2")),

  /** arXiv 2511.21631: learned positions, features of inner layers, a text before every step. */
  QWEN3_VL(
      "Qwen3VLForConditionalGeneration",
      "(arXiv 2511.21631): a vision tower whose inner layers are fed too, a time before each step, a Qwen3 decoder",
      16,
      "gelu_pytorch_tanh",
      Norm.LAYER,
      List.of("mlp.linear_fc1"),
      "mlp.linear_fc2",
      List.of("norm", "linear_fc1", "linear_fc2"));

  /** How rows are normalised. */
  enum Norm {
    /** With a weight and a bias. */
    LAYER("weight", "bias"),
    /** With a weight alone. */
    RMS("weight");

    private final List<String> tensors;

    Norm(String... tensors) {
      this.tensors = List.of(tensors);
    }

    /** What the names of its helpers begin with. */
    String helper() {
      return Spec.print(this) + "_norm";
    }

    /** Names of its tensors below the norm's. */
    List<String> tensors() {
      return tensors;
    }
  }

  private final String architecture;
  private final String meaning;
  private final int usualPatch;
  private final String activation;
  private final Norm norm;
  private final List<String> mlpIn;
  private final String mlpOut;
  private final List<String> merger;

  QwenVlKind(
      String architecture,
      String meaning,
      int usualPatch,
      String activation,
      Norm norm,
      List<String> mlpIn,
      String mlpOut,
      List<String> merger) {
    this.architecture = architecture;
    this.meaning = meaning;
    this.usualPatch = usualPatch;
    this.activation = activation;
    this.norm = norm;
    this.mlpIn = mlpIn;
    this.mlpOut = mlpOut;
    this.merger = merger;
  }

  /** The family of an architecture that config.json names; empty for another model's. */
  public static Optional<QwenVlKind> of(String architecture) {
    return Arrays.stream(values()).filter(kind -> kind.architecture.equals(architecture)).findAny();
  }

  /** The architecture that config.json names. */
  public String architecture() {
    return architecture;
  }

  /** Readable name of the family. */
  String label() {
    return switch (this) {
      case QWEN2_VL -> "Qwen2-VL";
      case QWEN2_5_VL -> "Qwen2.5-VL";
      case QWEN3_VL -> "Qwen3-VL";
    };
  }

  /** What the models are made of, in a sentence. */
  String meaning() {
    return label() + " " + meaning;
  }

  /** Transformers' name of the family, {@code model_type}. */
  public String modelType() {
    return Spec.print(this);
  }

  /** What its language models are. */
  DecoderKind decoder() {
    return this == QWEN3_VL ? DecoderKind.QWEN3_VL : DecoderKind.QWEN2_VL;
  }

  /** Pixels of a patch's side where neither the tower nor its processor says. */
  int usualPatch() {
    return usualPatch;
  }

  /** The one activation of the MLPs that is computed, {@code hidden_act}. */
  String activation() {
    return activation;
  }

  Norm norm() {
    return norm;
  }

  /** Maps of a layer's MLP from the hidden to the inner width, in the order of its arguments. */
  List<String> mlpIn() {
    return mlpIn;
  }

  /** The map of a layer's MLP back to the hidden width. */
  String mlpOut() {
    return mlpOut;
  }

  /** A merger's norm, first and second map. */
  List<String> merger() {
    return merger;
  }
}
