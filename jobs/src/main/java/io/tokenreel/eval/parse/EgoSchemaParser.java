package io.tokenreel.eval.parse;

import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.python.PythonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * EgoSchema's (lmms_eval/tasks/egoschema/utils.py), for choices A to E: of all letters in the forms
 * {@code (X)}, {@code X} and a space, {@code X.}, the one whose last occurrence comes first; else
 * likewise of the options' own words. White space around the response is not stripped.
 */
final class EgoSchemaParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final int CHOICES = 5;
  private static final int FEW_WORDS = 5;
  private static final String STRIPPED = ",.!?;:'";

  private record Found(String letter, int at) {}

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = MarksStripped.andPadded(response, STRIPPED);
    List<Found> found = new ArrayList<>();
    for (String form : new String[] {"(%s)", "%s ", "%s."}) {
      for (int i = 0; i < CHOICES; i++) {
        String letter = OptionLetters.of(i);
        add(letter, text.lastIndexOf(form.formatted(letter)), found);
      }
    }
    if (found.isEmpty() && PythonText.words(text) > FEW_WORDS) {
      String lower = PythonText.lower(text);
      for (int i = 0; i < Math.min(CHOICES, options.size()); i++) {
        String option = PythonText.lower(PythonText.strip(options.get(i)));
        add(OptionLetters.of(i), lower.lastIndexOf(option), found);
      }
    }
    return found.stream()
        .min(Comparator.comparingInt(Found::at))
        .map(first -> ParsedAnswer.read(first.letter))
        .orElse(ParsedAnswer.GUESSED);
  }

  private static void add(String letter, int at, List<Found> found) {
    if (at >= 0) {
      found.add(new Found(letter, at));
    }
  }
}
