package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;
import java.util.List;

/** PerceptionTest's: the first capital A to D that is a word. */
final class PerceptionTestParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final String CHOICES = "ABCD";

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    return PythonText.word(PythonText.strip(response), CHOICES)
        .map(ParsedAnswer::read)
        .orElse(ParsedAnswer.UNREAD);
  }
}
