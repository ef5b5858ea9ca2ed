package io.tokenreel.eval.parse;

import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.python.PythonText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * NExT-QA's (lmms_eval/tasks/nextqa): letters as {@code (X)}, else as {@code X} and a space, else
 * as {@code X.}, else the options' own words; of several the one that occurs last. White space
 * around the response is not stripped.
 */
final class NextQaParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final int CHOICES = 5;
  private static final int FEW_WORDS = 5;
  private static final String STRIPPED = ",.!?;:'";

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = MarksStripped.andPadded(response, STRIPPED);
    List<String> letters = IntStream.range(0, CHOICES).mapToObj(OptionLetters::of).toList();
    List<String> found = in(text, forms("(%s)", letters));
    if (!found.isEmpty()) {
      return latest(text, found, forms("(%s)", letters));
    }
    for (String form : new String[] {"%s ", "%s."}) {
      found = in(text, forms(form, letters));
      if (!found.isEmpty()) {
        return latest(text, found, forms(" %s ", letters));
      }
    }
    List<String> words =
        options.stream().limit(CHOICES).map(PythonText::strip).map(PythonText::lower).toList();
    String lower = PythonText.lower(text);
    found = PythonText.words(text) > FEW_WORDS ? in(lower, words) : List.of();
    return found.isEmpty() ? ParsedAnswer.GUESSED : latest(lower, found, words);
  }

  private static List<String> forms(String form, List<String> letters) {
    return letters.stream().map(form::formatted).toList();
  }

  /** Letters whose forms the text holds. */
  private static List<String> in(String text, List<String> forms) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < forms.size(); i++) {
      if (text.contains(forms.get(i))) {
        found.add(OptionLetters.of(i));
      }
    }
    return found;
  }

  /** The first letter of those whose form occurs last; a form that does not occur comes before. */
  private static ParsedAnswer latest(String text, List<String> found, List<String> forms) {
    String best = null;
    int bestAt = Integer.MIN_VALUE;
    for (String letter : found) {
      int at = text.lastIndexOf(forms.get(letter.charAt(0) - 'A'));
      if (at > bestAt) {
        best = letter;
        bestAt = at;
      }
    }
    return ParsedAnswer.read(best);
  }
}
