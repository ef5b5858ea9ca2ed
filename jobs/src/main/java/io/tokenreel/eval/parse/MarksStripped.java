package io.tokenreel.eval.parse;

import io.tokenreel.python.PythonText;

/** How MMMU's parser and those made after it begin. */
final class MarksStripped {

  private MarksStripped() {}

  /** Strips each mark by itself, one after the other, then pads with a space on both sides. */
  static String andPadded(String text, String marks) {
    String stripped = text;
    for (int i = 0; i < marks.length(); i++) {
      stripped = PythonText.strip(stripped, marks.substring(i, i + 1));
    }
    return " " + stripped + " ";
  }
}
