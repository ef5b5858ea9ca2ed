package io.tokenreel.eval.parse;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * MVBench's (lmms_eval/tasks/mvbench/utils.py): a letter and a period at the beginning of a single
 * line, else the first of the words a to e in any case; so the article "a" counts as A.
 */
final class MvBenchParser implements AnswerParser {

  private static final long serialVersionUID = 1;

  private static final Pattern LETTERED =
      Pattern.compile("^([A-E])\\.\\s*(.+)$", Pattern.CASE_INSENSITIVE | Pattern.UNIX_LINES);
  private static final Pattern WORD =
      Pattern.compile("\\b[a-e]\\b", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern COMMA_IN_NUMBER = Pattern.compile("\\d,\\d");
  private static final Pattern PERIOD = Pattern.compile("\\.(?!\\d)");
  private static final String PUNCTUATION = ";/[]\"{}()=+\\_-><@`,?!";

  /** Upstream hands a flag over where a count belongs. */
  private static final int MOST_PERIODS = 32;

  @Override
  public ParsedAnswer parse(String response, List<String> options) {
    String text = response.strip();
    Matcher lettered = LETTERED.matcher(text);
    if (lettered.find()) {
      return ParsedAnswer.read(lettered.group(1).toUpperCase(Locale.ROOT));
    }
    String plain = withoutPunctuation(text.replace('\n', ' ').replace('\t', ' ').strip());
    for (String quote : new String[] {"'", "\"", ")", "("}) {
      plain = PythonText.strip(plain, quote);
    }
    Matcher word = WORD.matcher(PythonText.lower(plain));
    return word.find()
        ? ParsedAnswer.read(word.group().toUpperCase(Locale.ROOT))
        : ParsedAnswer.UNREAD;
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
