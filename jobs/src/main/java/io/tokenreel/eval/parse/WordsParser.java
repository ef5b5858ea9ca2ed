package io.tokenreel.eval.parse;

import io.tokenreel.model.prompt.OptionLetters;
import io.tokenreel.python.PythonText;
import java.util.List;

/**
 * This project's own, for models that say an option's words: the option that the response is, case
 * and a final period aside.
 */
final class WordsParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String said = plain(response);
    for (int i = 0; i < options.size(); i++) {
      if (plain(options.get(i)).equals(said)) {
        return ParsedAnswer.read(OptionLetters.of(i));
      }
    }
    return ParsedAnswer.UNREAD;
  }

  private static String plain(String text) {
    String lower = PythonText.lower(PythonText.strip(text));
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
