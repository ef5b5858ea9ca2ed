package io.tokenreel.model.prompt;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.UnknownWord;
import io.tokenreel.token.SpecText;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

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

  /** What a spec's name stands for. */
  private record Method(String meaning, Function<SpecText, Scoring> maker) {}

  private static final Map<String, Method> METHODS =
      new TreeMap<>(
          Map.of(
              GENERATE,
              new Method(
                  "lets the model speak, and reads its answer",
                  spec ->
                      new Scoring(
                          true,
                          spec.whole("tokens", 16, 1, MOST_TOKENS),
                          spec.word("form", OptionForm.LETTER))),
              OPTIONS,
              new Method(
                  "compares the likelihoods of a question's options",
                  spec -> new Scoring(false, 0, spec.word("form", OptionForm.LETTER)))));

  /**
   * Parses a spec.
   *
   * @throws IllegalArgumentException for another form, or an unknown name, key or value; the
   *     message says what is allowed
   */
  public static Scoring parse(String text) {
    SpecText spec = SpecText.parse("scoring", text, "generate:tokens=16");
    Method method = METHODS.get(spec.name());
    if (method == null) {
      throw new IllegalArgumentException(
          UnknownWord.message("scoring", spec.name(), METHODS.keySet()));
    }
    Scoring scoring = method.maker().apply(spec);
    spec.rejectUnknownKeys();
    return scoring;
  }

  /** All that {@link #parse} knows, with their settings, by name. */
  public static List<MethodInfo> infos() {
    return METHODS.entrySet().stream()
        .map(
            method ->
                SpecText.info(
                    method.getKey(), method.getValue().meaning(), method.getValue().maker()))
        .toList();
  }

  @Override
  public String toString() {
    String options = "form=" + SpecText.print(form);
    return generates
        ? "%s:tokens=%d,%s".formatted(GENERATE, newTokens, options)
        : OPTIONS + ":" + options;
  }
}
