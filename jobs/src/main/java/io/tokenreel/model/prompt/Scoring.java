package io.tokenreel.model.prompt;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.Spec;
import io.tokenreel.spec.SpecRegistry;
import java.io.Serializable;
import java.util.List;

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

  private static final SpecRegistry<Scoring> METHODS =
      new SpecRegistry<Scoring>("scoring", "scoring", GENERATE + ":tokens=16")
          .with(
              GENERATE,
              "lets the model speak, and reads its answer",
              spec ->
                  new Scoring(
                      true,
                      spec.whole("tokens", 16, 1, MOST_TOKENS),
                      spec.word("form", OptionForm.LETTER)))
          .with(
              OPTIONS,
              "compares the likelihoods of a question's options",
              spec -> new Scoring(false, 0, spec.word("form", OptionForm.LETTER)));

  /**
   * Parses a spec.
   *
   * @throws IllegalArgumentException for another form, or an unknown name, key or value; the
   *     message says what is allowed
   */
  public static Scoring parse(String text) {
    return METHODS.parse(text);
  }

  /** All that {@link #parse} knows, with their settings, by name. */
  public static List<MethodInfo> infos() {
    return METHODS.infos();
  }

  @Override
  public String toString() {
    String options = "form=" + Spec.print(form);
    return generates
        ? "%s:tokens=%d,%s".formatted(GENERATE, newTokens, options)
        : OPTIONS + ":" + options;
  }
}
