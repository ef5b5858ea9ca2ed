package io.tokenreel.eval.parse;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PerceptionTest's: the first capital A to D that is a word. */
final class PerceptionTestParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final Pattern LETTER =
      Pattern.compile("\\b([A-D])\\b", Pattern.UNICODE_CHARACTER_CLASS);

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    Matcher letter = LETTER.matcher(response.strip());
    return letter.find() ? ParsedAnswer.read(letter.group(1)) : ParsedAnswer.UNREAD;
  }
}
