package io.tokenreel.scene;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is asked about. */
public enum QuestionKind {
  COLOUR,
  SHAPE,
  MOTION,
  ORDER,
  COUNT;

  /** The word of the column {@code kind}. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
