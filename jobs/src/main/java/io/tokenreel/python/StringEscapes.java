package io.tokenreel.python;

import io.tokenreel.python.PythonLiteral.NoLiteral;

/** The escapes of a Python string. One that is unknown stays as it is. */
final class StringEscapes {

  private static final String LETTERS = "abfnrtv";
  private static final String CONTROLS = "\u0007\b\f\n\r\t\u000B";
  private static final int BYTE = 0xFF;

  private StringEscapes() {}

  /**
   * Reads what stands between quotes.
   *
   * @param ofBytes whether it is one of bytes, in which {@code \\u}, {@code \\U} and {@code \\N}
   *     are none
   */
  static String read(String raw, boolean ofBytes) throws NoLiteral {
    StringBuilder value = new StringBuilder(raw.length());
    for (int at = 0; at < raw.length(); ) {
      char character = raw.charAt(at++);
      if (character != '\\') {
        value.append(character);
        continue;
      }
      char escape = raw.charAt(at++); // a string never ends behind a backslash
      if (escape >= '0' && escape <= '7') {
        int end = at;
        while (end < raw.length() && end < at + 2 && "01234567".indexOf(raw.charAt(end)) >= 0) {
          end++;
        }
        int code = Integer.parseInt(raw.substring(at - 1, end), 8);
        value.append((char) (ofBytes ? code & BYTE : code));
        at = end;
      } else if (escape == 'x' || (!ofBytes && (escape == 'u' || escape == 'U'))) {
        int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
        value.appendCodePoint(hex(raw, at, digits));
        at += digits;
      } else if (escape == 'N' && !ofBytes) {
        throw new NoLiteral("a character by its name");
      } else if (escape == '\\' || escape == '\'' || escape == '"') {
        value.append(escape);
      } else if (LETTERS.indexOf(escape) >= 0) {
        value.append(CONTROLS.charAt(LETTERS.indexOf(escape)));
      } else if (escape != '\n') {
        value.append('\\').append(escape);
      }
    }
    return value.toString();
  }

  private static int hex(String raw, int from, int digits) throws NoLiteral {
    String hex = raw.substring(from, Math.min(raw.length(), from + digits));
    if (!hex.matches("[0-9a-fA-F]{" + digits + "}")
        || Long.parseLong(hex, 16) > Character.MAX_CODE_POINT) {
      throw new NoLiteral("an escape that is cut off, or of no character");
    }
    return (int) Long.parseLong(hex, 16);
  }
}
