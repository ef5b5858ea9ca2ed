package io.tokenreel.model.prompt;

import io.tokenreel.token.SpecText;
import java.io.Serializable;

/**
 * How an answer is got from a model, as one string: {@code generate:tokens=16} lets it speak,
 * {@code options} compares the options' likelihoods. The canonical text is part of every answer's
 * key.
 *
 * @param generates whether the model speaks, rather than options being compared
 * @param newTokens most tokens that it says; 0 where it does not speak
 * @param form how options stand in the question
 */
public record Scoring(boolean generates, int newTokens, OptionForm form) implements Serializable {

  private static final String GENERATE = "generate";
  private static final String OPTIONS = "options";
  private static final int MOST_TOKENS = 1 << 15;

  /**
   * Parses a spec.
   *
   * @throws IllegalArgumentException for another form, or an unknown name, key or value; the
   *     message says what is allowed
   */
  public static Scoring parse(String text) {
    SpecText spec = SpecText.parse("scoring", text, "generate:tokens=16");
    Scoring scoring =
        switch (spec.name()) {
          case GENERATE ->
              new Scoring(
                  true,
                  spec.whole("tokens", 16, 1, MOST_TOKENS),
                  spec.word("form", OptionForm.LETTER));
          case OPTIONS -> new Scoring(false, 0, spec.word("form", OptionForm.LETTER));
          default ->
              throw new IllegalArgumentException(
                  "unknown scoring '%s'; known: [%s, %s]"
                      .formatted(spec.name(), GENERATE, OPTIONS));
        };
    spec.rejectUnknownKeys();
    return scoring;
  }

  @Override
  public String toString() {
    String options = "form=" + SpecText.print(form);
    return generates
        ? "%s:tokens=%d,%s".formatted(GENERATE, newTokens, options)
        : OPTIONS + ":" + options;
  }
}
