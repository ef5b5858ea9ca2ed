package io.tokenreel.model;

import io.tokenreel.spec.UnknownWord;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The compute type that a user asks for; {@code auto} is bf16 on a GPU and f32 on a CPU. */
public enum ComputeChoice {
  AUTO,
  F32,
  BF16,
  F16;

  /** What {@link #parse} takes, for messages and docs. */
  public static final String WORDS = "auto, f32, bf16 or f16";

  /** What the choice comes to. */
  public ComputeType on(boolean gpu) {
    return switch (this) {
      case AUTO -> gpu ? ComputeType.BF16 : ComputeType.F32;
      case F32 -> ComputeType.F32;
      case BF16 -> ComputeType.BF16;
      case F16 -> ComputeType.F16;
    };
  }

  /** The words of {@link #parse}. */
  public static List<String> words() {
    return Stream.of(values()).map(ComputeChoice::toString).toList();
  }

  /**
   * The choice of a word.
   *
   * @throws IllegalArgumentException for another word than {@value #WORDS}
   */
  public static ComputeChoice parse(String word) {
    return UnknownWord.find("compute type", word, List.of(values()), ComputeChoice::toString);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
