package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The option that a text names by its own words, case and a final period aside, or else by its
 * letter, as {@code B}, {@code b.}, {@code (B)} or {@code B:}.
 */
public final class NamedOption {

  private static final Pattern LETTER = Pattern.compile("\\(?([a-z])[):]?"); // of a plain text

  private NamedOption() {}

  /** Place of the option from 0 on; -1 for none. Words come before letters. */
  public static int place(String text, List<String> options) {
    String said = plain(text);
    for (int i = 0; i < options.size(); i++) {
      if (plain(options.get(i)).equals(said)) {
        return i;
      }
    }
    Matcher letter = LETTER.matcher(said);
    int place = letter.matches() ? letter.group(1).charAt(0) - 'a' : -1;
    return place < options.size() ? place : -1;
  }

  /** Whether two texts are the same words. */
  public static boolean sameWords(String one, String other) {
    return plain(one).equals(plain(other));
  }

  private static String plain(String text) {
    String lower = PythonText.lower(PythonText.strip(text));
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
