package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MVBench's (lmms_eval/tasks/mvbench/utils.py): a letter and a period at the beginning of a single
 * line, else the first of the words a to e in any case; so the article "a" counts as A. A letter
 * behind E is read where it is all that is left of the response.
 */
final class MvBenchParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final Pattern LETTERED =
      Pattern.compile(
          "^([A-E])\\." + PythonText.SPACE + "*(.+)$",
          Pattern.CASE_INSENSITIVE | Pattern.UNIX_LINES);
  private static final String CHOICES = "abcde";
  private static final Pattern COMMA_IN_NUMBER =
      Pattern.compile(PythonText.DIGIT + "," + PythonText.DIGIT);
  private static final Pattern PERIOD = Pattern.compile("\\.(?!" + PythonText.DIGIT + ")");
  private static final String PUNCTUATION = ";/[]\"{}()=+\\_-><@`,?!";

  /** Upstream hands a flag over where a count belongs. */
  private static final int MOST_PERIODS = 32;

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = PythonText.strip(response);
    Matcher lettered = LETTERED.matcher(text);
    if (lettered.find()) {
      return ParsedAnswer.read(lettered.group(1).toUpperCase(Locale.ROOT));
    }
    String plain = withoutPunctuation(text.replace('\n', ' ').replace('\t', ' '));
    for (String quote : new String[] {"'", "\"", ")", "("}) {
      plain = PythonText.strip(plain, quote);
    }
    plain = PythonText.lower(PythonText.strip(plain));
    Optional<String> word = PythonText.word(plain, CHOICES);
    if (word.isPresent()) {
      return ParsedAnswer.read(word.get().toUpperCase(Locale.ROOT));
    }
    boolean late = plain.length() == 1 && plain.charAt(0) >= 'a' && plain.charAt(0) <= 'z';
    return late ? ParsedAnswer.read(plain.toUpperCase(Locale.ROOT)) : ParsedAnswer.UNREAD;
  }

  private static String withoutPunctuation(String text) {
    boolean number = COMMA_IN_NUMBER.matcher(text).find();
    String out = text;
    for (char mark : PUNCTUATION.toCharArray()) {
      boolean besideSpace = text.contains(mark + " ") || text.contains(" " + mark);
      out = out.replace(String.valueOf(mark), besideSpace || number ? "" : " ");
    }
    for (int i = 0; i < MOST_PERIODS; i++) {
      out = PERIOD.matcher(out).replaceFirst("");
    }
    return out;
  }
}
