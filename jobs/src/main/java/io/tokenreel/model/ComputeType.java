package io.tokenreel.model;

import io.tokenreel.model.checkpoint.CheckpointFolder;
import io.tokenreel.spec.UnknownWord;
import io.tokenreel.token.TokenFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The type in which a model's matrices are held and multiplied. Between them, hidden states, norms
 * and biases are float32 in every type.
 *
 * <p>{@link #F32} is the reference: on the CPU its results are the same to the last bit whatever
 * the number of threads and videos beside. The others are other results with other names. On the
 * CPU they too depend on nothing but the kind of processor, for it chooses the kernels.
 */
public enum ComputeType {
  F32(TokenFormat.F32),
  BF16(TokenFormat.BF16),
  F16(TokenFormat.F16);

  /** The option of a model's name that sets it, for checkpoints of every family. */
  public static final String OPTION = "tokenreel_compute";

  private final TokenFormat format;

  ComputeType(TokenFormat format) {
    this.format = format;
  }

  /** How its numbers are stored. */
  public TokenFormat format() {
    return format;
  }

  /** The name that the command line uses: {@code f32}, {@code bf16} or {@code f16}. */
  public String label() {
    return format.label();
  }

  /**
   * The type of a label.
   *
   * @throws IllegalArgumentException for an unknown one; the message lists the known ones
   */
  public static ComputeType of(String label) {
    return UnknownWord.find("compute type", label, List.of(values()), ComputeType::label);
  }

  /**
   * The type that a model is to compute in, float32 unless the user set another.
   *
   * @throws IllegalArgumentException for a word that is none
   */
  public static ComputeType of(CheckpointFolder folder) {
    try {
      return of(folder.options().getOrDefault(OPTION, F32.label()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "model '%s': %s: %s".formatted(folder.uri(), OPTION, e.getMessage()), e);
    }
  }

  /**
   * The name of a model that computes in this type.
   *
   * @param key of the same model in float32, {@code family@revision}
   */
  String key(String key) {
    return this == F32 ? key : key + "+" + label();
  }

  /** The key of the same model in float32. */
  static String withoutType(String key) {
    return Stream.of(BF16, F16)
        .map(type -> "+" + type.label())
        .filter(key::endsWith)
        .findFirst()
        .map(suffix -> key.substring(0, key.length() - suffix.length()))
        .orElse(key);
  }

  @Override
  public String toString() {
    return label();
  }
}
