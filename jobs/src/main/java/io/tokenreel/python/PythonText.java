package io.tokenreel.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * What Python 3's strings and its {@code re} do, where Java's do otherwise: other white space,
 * other word characters, other cases. Python counts code points; where a place in a text matters,
 * so do these methods. Both follow Unicode, each in the version that it was built with, so that a
 * character of Unicode 14 or later can be a letter for one and not for the other.
 */
public final class PythonText {

  /** A character of {@code \s}, for a pattern. */
  public static final String SPACE =
      "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

  /** A character of {@code \d}, for a pattern. */
  public static final String DIGIT = "\\p{Nd}";

  private static final Pattern SPACES = Pattern.compile(SPACE + "+");
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+(?:_[0-9]+)*+");
  private static final int MOST_DIGITS = 4300;

  private static final int CAPITAL_SIGMA = 0x3A3;
  private static final int FINAL_SIGMA = 0x3C2;
  private static final int CAPITAL_I_WITH_DOT = 0x130;

  /** Characters beside marks, formats and modifiers that a final sigma looks past. */
  private static final String CASE_IGNORABLE =
      "'.:^`\u00A8\u00AF\u00B4\u00B7\u00B8\u0387\u055F\u05F4\u2018\u2019\u2024\u2027\uFE13\uFE52\uFE55\uFF07\uFF0E\uFF1A";

  /** Title cases of several characters that are not the upper case with a small rest. */
  private static final Map<Integer, String> TITLES =
      Map.of(
          0x149, "\u02BCN",
          0x1FB2, "\u1FBA\u0345",
          0x1FB4, "\u0386\u0345",
          0x1FB7, "\u0391\u0342\u0345",
          0x1FC2, "\u1FCA\u0345",
          0x1FC4, "\u0389\u0345",
          0x1FC7, "\u0397\u0342\u0345",
          0x1FF2, "\u1FFA\u0345",
          0x1FF4, "\u038F\u0345",
          0x1FF7, "\u03A9\u0342\u0345");

  private PythonText() {}

  /** {@code character.isspace()}. */
  public static boolean isSpace(int character) {
    return switch (character) {
      case 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
      default ->
          (character >= '\t' && character <= '\r')
              || (character >= 0x1C && character <= ' ')
              || (character >= 0x2000 && character <= 0x200A);
    };
  }

  /** Whether {@code \w} takes it: a letter, a digit or another number, or {@code _}. */
  private static boolean isWord(int character) {
    return switch (Character.getType(character)) {
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      default -> Character.isLetter(character) || character == '_';
    };
  }

  /**
   * What {@code \b[...]\b} finds first: a word of one of these letters. A combining mark is no part
   * of a word.
   *
   * @param letters of ASCII
   */
  public static Optional<String> word(String text, String letters) {
    for (int at = 0; at < text.length(); at++) {
      if (letters.indexOf(text.charAt(at)) >= 0
          && (at == 0 || !isWord(text.codePointBefore(at)))
          && (at + 1 == text.length() || !isWord(text.codePointAt(at + 1)))) {
        return Optional.of(text.substring(at, at + 1));
      }
    }
    return Optional.empty();
  }

  /** {@code text.strip()}. */
  public static String strip(String text) {
    return strip(text, PythonText::isSpace);
  }

  /** {@code text.strip(characters)}. */
  public static String strip(String text, String characters) {
    return strip(text, character -> characters.indexOf(character) >= 0);
  }

  /** {@code text.lstrip()}. */
  public static String stripStart(String text) {
    return stripStart(text, PythonText::isSpace);
  }

  /** {@code text.lstrip(characters)}. */
  public static String stripStart(String text, String characters) {
    return stripStart(text, character -> characters.indexOf(character) >= 0);
  }

  /** {@code text.rstrip()}. */
  public static String stripEnd(String text) {
    return stripEnd(text, PythonText::isSpace);
  }

  /** {@code text.rstrip(characters)}. */
  public static String stripEnd(String text, String characters) {
    return stripEnd(text, character -> characters.indexOf(character) >= 0);
  }

  private static String strip(String text, IntPredicate stripped) {
    return stripStart(stripEnd(text, stripped), stripped);
  }

  private static String stripStart(String text, IntPredicate stripped) {
    int from = 0;
    while (from < text.length() && stripped.test(text.codePointAt(from))) {
      from = text.offsetByCodePoints(from, 1);
    }
    return text.substring(from);
  }

  private static String stripEnd(String text, IntPredicate stripped) {
    int to = text.length();
    while (to > 0 && stripped.test(text.codePointBefore(to))) {
      to = text.offsetByCodePoints(to, -1);
    }
    return text.substring(0, to);
  }

  /** {@code text.split()}. */
  public static List<String> split(String text) {
    String stripped = strip(text);
    return stripped.isEmpty() ? List.of() : List.of(SPACES.split(stripped));
  }

  /**
   * {@code text.split(separator, most)}.
   *
   * @param separator not empty
   * @param most so many separators are looked at; all where it is negative
   */
  public static List<String> split(String text, String separator, int most) {
    if (separator.isEmpty()) {
      throw new IllegalArgumentException("the separator of a split must not be empty");
    }
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && (most < 0 || parts.size() < most);
        at = text.indexOf(separator, from)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
    }
    parts.add(text.substring(from));
    return List.copyOf(parts);
  }

  /** {@code len(text.split())}. */
  public static int words(String text) {
    return split(text).size();
  }

  /** {@code len(text[:at])} of a place in a Java text. */
  private static int length(String text, int at) {
    return text.codePointCount(0, at);
  }

  /**
   * {@code text.find(part, from)}.
   *
   * @param from in code points, as the result is; behind the text's end nothing is found
   */
  public static int find(String text, String part, int from) {
    if (from > length(text, text.length())) {
      return -1;
    }
    int at = text.indexOf(part, text.offsetByCodePoints(0, from));
    return at < 0 ? -1 : length(text, at);
  }

  /** {@code text.lower()}. */
  public static String lower(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int character = text.codePointAt(at);
      int next = at + Character.charCount(character);
      switch (character) {
        case CAPITAL_I_WITH_DOT -> lower.append("i\u0307");
        case CAPITAL_SIGMA ->
            lower.appendCodePoint(
                isFinal(text, at, next) ? FINAL_SIGMA : Character.toLowerCase(character));
        default -> lower.appendCodePoint(Character.toLowerCase(character));
      }
      at = next;
    }
    return lower.toString();
  }

  /** Whether a cased character comes before and none after, case-ignorable ones aside. */
  private static boolean isFinal(String text, int from, int to) {
    int before = from;
    while (before > 0 && isCaseIgnorable(text.codePointBefore(before))) {
      before = text.offsetByCodePoints(before, -1);
    }
    int after = to;
    while (after < text.length() && isCaseIgnorable(text.codePointAt(after))) {
      after = text.offsetByCodePoints(after, 1);
    }
    return before > 0
        && isCased(text.codePointBefore(before))
        && !(after < text.length() && isCased(text.codePointAt(after)));
  }

  private static boolean isCased(int character) {
    return Character.isLowerCase(character)
        || Character.isUpperCase(character)
        || Character.isTitleCase(character);
  }

  private static boolean isCaseIgnorable(int character) {
    return switch (Character.getType(character)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.FORMAT,
          Character.MODIFIER_LETTER,
          Character.MODIFIER_SYMBOL ->
          true;
      default -> CASE_IGNORABLE.indexOf(character) >= 0;
    };
  }

  /** {@code text.upper()}. */
  public static String upper(String text) {
    return text.toUpperCase(java.util.Locale.ROOT);
  }

  /** {@code text.capitalize()}: a first character in title case, the rest in lower case. */
  public static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    int rest = Character.charCount(first);
    // The whole is lowered, so that a sigma sees what stands before it.
    int lowered = lower(text.substring(0, rest)).length();
    return title(first) + lower(text).substring(lowered);
  }

  private static String title(int character) {
    int simple = Character.toTitleCase(character);
    String known = TITLES.get(character);
    if (known != null || simple != character) {
      return known != null ? known : Character.toString(simple);
    }
    String upper = upper(Character.toString(character));
    int rest = upper.offsetByCodePoints(0, 1);
    return Character.isTitleCase(character) || rest == upper.length()
        ? Character.toString(character)
        : upper.substring(0, rest) + lower(upper.substring(rest));
  }

  /** {@code int(text)}; empty where Python raises a ValueError. */
  public static Optional<BigInteger> integer(String text) {
    boolean ascii = text.chars().allMatch(character -> character < 0x80);
    StringBuilder plain = new StringBuilder(text.length());
    text.codePoints()
        .forEach(character -> plain.appendCodePoint(ascii ? character : asciiOf(character)));
    String number = strip(plain.toString(), " \t\n\u000B\f\r");
    if (!INTEGER.matcher(number).matches()) {
      return Optional.empty();
    }
    String digits = number.replace("_", "");
    return digits.chars().filter(Character::isDigit).count() > MOST_DIGITS
        ? Optional.empty()
        : Optional.of(new BigInteger(digits));
  }

  /** {@code int(bytes)}. */
  public static Optional<BigInteger> integer(PythonLiteral.Bytes bytes) {
    boolean ascii = bytes.text().chars().allMatch(character -> character < 0x80);
    return ascii ? integer(bytes.text()) : Optional.empty();
  }

  private static int asciiOf(int character) {
    if (character < 0x7F) {
      return character;
    }
    int digit = Character.isDigit(character) ? Character.digit(character, 10) : -1;
    return isSpace(character) ? ' ' : digit < 0 ? '?' : '0' + digit;
  }
}
