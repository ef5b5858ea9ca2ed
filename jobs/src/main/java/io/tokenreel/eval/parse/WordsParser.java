package io.tokenreel.eval.parse;

import io.tokenreel.model.prompt.OptionLetters;
import java.util.List;

/** This project's own, for models that say an option's words: the {@link NamedOption}. */
final class WordsParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    int place = NamedOption.place(response, options);
    return place < 0 ? ParsedAnswer.UNREAD : ParsedAnswer.read(OptionLetters.of(place));
  }
}
