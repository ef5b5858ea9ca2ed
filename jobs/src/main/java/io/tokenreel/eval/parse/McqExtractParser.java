package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * VideoMME's and MLVU's parser of lmms-eval 0.7.2 (lmms_eval/tasks/_task_utils/mcq_extract.py), for
 * choices A to D. A letter anywhere behind a phrase such as "the answer is" counts, even inside a
 * word.
 */
final class McqExtractParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final String CHOICES = "ABCD";
  private static final String STRIPPED = ",.!?;:'\"";

  private static final List<String> PHRASES =
      List.of(
          "the answer is",
          "answer is",
          "the correct answer is",
          "correct answer is",
          "the best answer is",
          "best answer is",
          "the correct option is",
          "correct option is",
          "the best option is",
          "best option is",
          "the choice is",
          "choice is",
          "the correct choice is",
          "correct choice is",
          "i choose",
          "i select",
          "i pick",
          "my answer is",
          "my choice is",
          "옵션",
          "정답은",
          "답은",
          "답:",
          "答案是",
          "答案为",
          "选",
          "答えは");

  /** A letter that was found, and how much its place says. */
  private record Found(char letter, int at, int priority) {}

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = MarksStripped.andPadded(PythonText.strip(response), STRIPPED);
    List<Found> found = new ArrayList<>();
    forms(text, found);
    phrases(text, found);
    ends(PythonText.strip(text), found);
    if (found.isEmpty()) {
      last(text, "%c", 0, found);
    }
    // A stream's max takes the last of equals; upstream keeps the first.
    return found.stream()
        .sorted(Comparator.comparingInt(Found::priority).thenComparingInt(Found::at).reversed())
        .findFirst()
        .map(best -> ParsedAnswer.read(String.valueOf(best.letter)))
        .orElse(ParsedAnswer.UNREAD);
  }

  private static void forms(String text, List<Found> found) {
    last(text, "(%c)", 6, found);
    last(text, "%c.", 5, found);
    last(text, "%c:", 4, found);
    last(text, "%c)", 3, found);
    last(text, "%c ", 2, found);
  }

  private static void last(String text, String form, int priority, List<Found> found) {
    for (char letter : CHOICES.toCharArray()) {
      int at = text.lastIndexOf(form.formatted(letter));
      if (at >= 0) {
        found.add(new Found(letter, at, priority));
      }
    }
  }

  private static void phrases(String text, List<Found> found) {
    String lower = PythonText.lower(text);
    for (String phrase : PHRASES) {
      int phraseAt = PythonText.find(lower, phrase, 0);
      if (phraseAt < 0) {
        continue;
      }
      // A place in the lower case is taken as one in the text, which "İ" before it shifts.
      for (char letter : CHOICES.toCharArray()) {
        int at = PythonText.find(text, String.valueOf(letter), phraseAt + phrase.length());
        if (at >= 0) {
          found.add(new Found(letter, at, 7));
        }
      }
    }
  }

  private static void ends(String text, List<Found> found) {
    int end = text.length() - 1;
    if (end < 0) {
      return;
    }
    for (char letter : CHOICES.toCharArray()) {
      if (text.charAt(0) == letter && (end == 0 || !Character.isLetter(text.codePointAt(1)))) {
        found.add(new Found(letter, 0, 10));
      }
      if (text.charAt(end) == letter
          && (end == 0 || !Character.isLetter(text.codePointBefore(end)))) {
        found.add(new Found(letter, end, 9));
      }
    }
  }
}
