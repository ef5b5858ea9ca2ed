package io.tokenreel.eval.parse;

import java.util.Locale;

/** What Python's strings do that Java's do otherwise. */
final class PythonText {

  private PythonText() {}

  /** {@code text.strip(characters)}. */
  static String strip(String text, String characters) {
    int from = 0;
    int to = text.length();
    while (from < to && characters.indexOf(text.charAt(from)) >= 0) {
      from++;
    }
    while (to > from && characters.indexOf(text.charAt(to - 1)) >= 0) {
      to--;
    }
    return text.substring(from, to);
  }

  /** Strips each character by itself, one after the other, then pads with a space on both sides. */
  static String stripEachAndPad(String text, String characters) {
    String stripped = text;
    for (char character : characters.toCharArray()) {
      stripped = strip(stripped, String.valueOf(character));
    }
    return " " + stripped + " ";
  }

  /** {@code len(text.split())}. */
  static int words(String text) {
    String stripped = text.strip();
    return stripped.isEmpty() ? 0 : stripped.split("\\s+").length;
  }

  /** {@code text.lower()}. */
  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
