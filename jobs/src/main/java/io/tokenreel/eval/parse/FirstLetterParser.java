package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;
import java.util.List;

/** Deletes what answers begin with, then takes the first capital letter of a choice, anywhere. */
final class FirstLetterParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  /**
   * VideoMME's up to lmms-eval 0.7.1 and MLVU's of 0.3.0. Two commas that upstream misses join four
   * of the beginnings to two.
   */
  static final FirstLetterParser FIRST_ABCD =
      new FirstLetterParser(
          "ABCD",
          ParsedAnswer.UNREAD,
          List.of(
              "The best answer is",
              "The correct answer is",
              "The answer is",
              "The answer",
              "The best option isThe correct option is",
              "Best answer:Best option:"));

  /** LongVideoBench's since lmms-eval 0.3.0; a letter counts even where that option is absent. */
  static final FirstLetterParser LONG_VIDEO_BENCH =
      new FirstLetterParser(
          "ABCDE",
          ParsedAnswer.GUESSED,
          List.of(
              "The best answer is",
              "The correct answer is",
              "The answer is",
              "The answer",
              "The best option is",
              "The correct option is",
              "Best answer:",
              "Best option:"));

  private final String letters;
  private final ParsedAnswer otherwise;
  private final List<String> beginnings;

  private FirstLetterParser(String letters, ParsedAnswer otherwise, List<String> beginnings) {
    this.letters = letters;
    this.otherwise = otherwise;
    this.beginnings = beginnings;
  }

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = PythonText.strip(response);
    for (String beginning : beginnings) {
      text = text.replace(beginning, "");
    }
    return text.chars()
        .filter(character -> letters.indexOf(character) >= 0)
        .mapToObj(Character::toString)
        .findFirst()
        .map(ParsedAnswer::read)
        .orElse(otherwise);
  }
}
