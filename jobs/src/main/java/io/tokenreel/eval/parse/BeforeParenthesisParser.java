package io.tokenreel.eval.parse;

import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.python.PythonText;
import java.util.List;

/**
 * MLVU's of lmms-eval 0.3.2 to 0.7.1: the character before the first closing parenthesis, or the
 * whole text, compared as it is; so {@code B} is right where {@code B.} is wrong.
 */
final class BeforeParenthesisParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = PythonText.strip(response);
    int at = text.indexOf(')');
    String choice = at < 0 ? text : before(text, at);
    boolean letter = OptionLetters.place(choice) >= 0;
    return letter
        ? ParsedAnswer.read(choice)
        : new ParsedAnswer(choice, ParsedAnswer.Reading.UNREAD);
  }

  private static String before(String text, int at) {
    return at == 0 ? "" : Character.toString(text.codePointBefore(at));
  }
}
