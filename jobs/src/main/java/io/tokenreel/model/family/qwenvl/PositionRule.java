package io.tokenreel.model.family.qwenvl;

import java.util.Arrays;

/**
 * How positions go on after a visual block, and how its time runs; the versions of the reference
 * differ.
 */
public enum PositionRule {
  /**
   * Text goes on after the largest position of all axes, as in transformers 4.x and vLLM. The rule
   * to take unless another is asked for: weights were presumably trained with it.
   */
  MAX("max"),

  /** As {@link #MAX}, with the seconds of a step cut to a whole number first: late 4.x. */
  MAX_INT_SECONDS("max_int_seconds"),

  /**
   * Text goes on after the larger side of the grid of tokens, whatever time has reached, so that it
   * may overlap time: transformers 5.23, {@code get_rope_index}.
   */
  MERGED_GRID("merged_grid");

  private final String text;

  PositionRule(String text) {
    this.text = text;
  }

  /**
   * The rule of a name.
   *
   * @throws IllegalArgumentException for an unknown one; the message lists the known
   */
  public static PositionRule of(String text) {
    return Arrays.stream(values())
        .filter(rule -> rule.text.equals(text))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown position rule '%s'; known: %s"
                        .formatted(text, Arrays.toString(values()))));
  }

  /** The rule's name in settings. */
  @Override
  public String toString() {
    return text;
  }
}
