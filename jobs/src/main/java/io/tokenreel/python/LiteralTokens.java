package io.tokenreel.python;

import io.tokenreel.python.PythonLiteral.Bytes;
import io.tokenreel.python.PythonLiteral.NoLiteral;
import io.tokenreel.python.PythonLiteral.Other;
import java.math.BigInteger;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens of a Python literal, as Python's tokenizer finds them within parentheses. */
final class LiteralTokens {

  /** The one name in a literal that is no keyword. */
  static final String SET = "set";

  // Possessive repetitions: others of a group take a stack frame for each digit.
  private static final String DIGITS = "[0-9](?:_?[0-9])*+";
  private static final Pattern NUMBER =
      Pattern.compile(
          "(?<hex>0[xX](?:_?[0-9a-fA-F])++)|(?<octal>0[oO](?:_?[0-7])++)|(?<binary>0[bB](?:_?[01])++)"
              + "|(?<real>(?:%1$s\\.(?:%1$s)?|\\.%1$s)(?:[eE][+-]?%1$s)?|%1$s[eE][+-]?%1$s)(?<imaginary>[jJ])?"
                  .formatted(DIGITS)
              + "|(?<whole>%s)(?<imaginaryToo>[jJ])?".formatted(DIGITS));
  private static final Pattern LEADING_ZERO = Pattern.compile("0[0_]*[1-9].*");
  private static final Pattern STRING =
      Pattern.compile("(?<prefix>[uU]|[rR]|[bB]|[bB][rR]|[rR][bB])?(?<quote>'''|\"\"\"|'|\")");
  private static final Pattern NAME = Pattern.compile("\\.\\.\\.|[\\p{L}_][\\p{L}_0-9]*");
  private static final int MOST_DIGITS = 4300;
  private static final char ASCII_END = 0x80;

  private final String text;
  private int at;

  LiteralTokens(String text) throws NoLiteral {
    if (text.indexOf('\0') >= 0 || !isUnicode(text)) {
      throw new NoLiteral("a character that no source may hold");
    }
    this.text = text.replace("\r\n", "\n").replace('\r', '\n');
    while (at < this.text.length() && " \t".indexOf(this.text.charAt(at)) >= 0) {
      at++;
    }
    skipSpace();
  }

  private static boolean isUnicode(String text) {
    return text.codePoints()
        .noneMatch(character -> Character.getType(character) == Character.SURROGATE);
  }

  /** Blanks, line ends, comments and joined lines. */
  private void skipSpace() throws NoLiteral {
    while (at < text.length()) {
      char character = text.charAt(at);
      if (character == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (character == '\\') {
        if (!text.startsWith("\\\n", at)) {
          throw new NoLiteral("a backslash within a line");
        }
        at += 2;
      } else if (" \t\f\n".indexOf(character) >= 0) {
        at++;
      } else {
        return;
      }
    }
  }

  /** Whether the next token begins so; of {@code + - ( ) [ ] { } , :}. */
  boolean next(char mark) {
    return at < text.length() && text.charAt(at) == mark;
  }

  /** Takes a token of one mark. */
  char take() throws NoLiteral {
    char mark = text.charAt(at++);
    skipSpace();
    return mark;
  }

  boolean skip(char mark) throws NoLiteral {
    boolean there = next(mark);
    if (there) {
      take();
    }
    return there;
  }

  void expect(char mark) throws NoLiteral {
    if (!skip(mark)) {
      throw new NoLiteral("expected " + mark);
    }
  }

  void expectEnd() throws NoLiteral {
    if (at < text.length()) {
      throw new NoLiteral("more behind the literal");
    }
  }

  private Matcher here(Pattern token) {
    return token.matcher(text).region(at, text.length());
  }

  boolean nextIsString() {
    return here(STRING).lookingAt();
  }

  boolean nextIsNumber() {
    return here(NUMBER).lookingAt();
  }

  /** A name, or three periods. Keywords count as they are written, other names in NFKC. */
  String name() throws NoLiteral {
    Matcher name = here(NAME);
    if (!name.lookingAt()) {
      throw new NoLiteral("no literal");
    }
    at = name.end();
    skipSpace();
    String plain = Normalizer.normalize(name.group(), Normalizer.Form.NFKC);
    return plain.equals(SET) ? SET : name.group();
  }

  /** A BigInteger, a Double or {@link Other#COMPLEX}. */
  Object number() throws NoLiteral {
    Matcher number = here(NUMBER);
    number.lookingAt();
    at = number.end();
    if (at < text.length() && (isNamePart(text.charAt(at)))) {
      throw new NoLiteral("a number that goes on as a name");
    }
    skipSpace();
    String digits = number.group().replace("_", "");
    if (number.group("hex") != null) {
      return new BigInteger(digits.substring(2), 16);
    }
    if (number.group("octal") != null) {
      return new BigInteger(digits.substring(2), 8);
    }
    if (number.group("binary") != null) {
      return new BigInteger(digits.substring(2), 2);
    }
    if (number.group("imaginary") != null || number.group("imaginaryToo") != null) {
      return Other.COMPLEX;
    }
    if (number.group("real") != null) {
      return Double.valueOf(digits);
    }
    if (LEADING_ZERO.matcher(number.group()).matches() || digits.length() > MOST_DIGITS) {
      throw new NoLiteral("a whole number that begins with 0, or is too long");
    }
    return new BigInteger(digits);
  }

  private static boolean isNamePart(char character) {
    return character == '_' || character >= ASCII_END || Character.isLetterOrDigit(character);
  }

  /** Strings side by side are one: a String, or {@link Bytes}. */
  Object strings() throws NoLiteral {
    StringBuilder value = new StringBuilder();
    Boolean bytes = null;
    while (nextIsString()) {
      Matcher opening = here(STRING);
      opening.lookingAt();
      String prefix =
          opening.group("prefix") == null ? "" : opening.group("prefix").toLowerCase(Locale.ROOT);
      at = opening.end();
      String raw = until(opening.group("quote"));
      skipSpace();
      boolean ofBytes = prefix.contains("b");
      if (bytes != null && bytes != ofBytes) {
        throw new NoLiteral("bytes beside a string");
      }
      bytes = ofBytes;
      if (ofBytes && raw.chars().anyMatch(character -> character >= ASCII_END)) {
        throw new NoLiteral("bytes of other than ASCII");
      }
      value.append(prefix.contains("r") ? raw : StringEscapes.read(raw, ofBytes));
    }
    return bytes ? new Bytes(value.toString()) : value.toString();
  }

  /** What stands before a closing quote, which is taken too. */
  private String until(String quote) throws NoLiteral {
    int from = at;
    while (!text.startsWith(quote, at)) {
      if (at >= text.length() || (text.charAt(at) == '\n' && quote.length() == 1)) {
        throw new NoLiteral("a string that does not end");
      }
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    String raw = text.substring(from, at);
    at += quote.length();
    return raw;
  }
}
