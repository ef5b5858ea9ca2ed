package io.tokenreel.jinja;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites what stands within a tag so that Jinjava reads it as Jinja does. The slice {@code
 * [::-1]}, which it cannot read, becomes a call of {@link PythonMethods#REVERSED}. A value by name,
 * of which it takes the first operand alone, gets parentheses. Two braces that close, in which it
 * sees the tag's end, get a blank between them.
 */
final class ExpressionSource {

  /** A text in quotes. */
  static final Pattern QUOTED =
      Pattern.compile("'(?:\\\\.|[^'\\\\])*+'|\"(?:\\\\.|[^\"\\\\])*+\"", Pattern.DOTALL);

  private static final Pattern REVERSED = Pattern.compile("\\[\\s*:\\s*:\\s*-\\s*1\\s*\\]");
  private static final Pattern NAMED = Pattern.compile("\\s*[A-Za-z_]\\w*\\s*=(?!=)");
  private static final Pattern MACRO = Pattern.compile("\\s*macro\\b");

  private final String source;
  private final StringBuilder out = new StringBuilder();
  private final Deque<Bracket> open = new ArrayDeque<>();

  /** One that is not closed yet. */
  private static final class Bracket {

    private final boolean round;
    private boolean inNamed;

    Bracket(boolean round) {
      this.round = round;
    }
  }

  private ExpressionSource(String source) {
    this.source = source;
  }

  /** The expression that says the same to Jinjava. A macro's head stays as it is. */
  static String forJinjava(String expression) {
    return MACRO.matcher(expression).lookingAt()
        ? expression
        : new ExpressionSource(expression).read();
  }

  private String read() {
    for (int at = 0; at < source.length(); ) {
      char character = source.charAt(at);
      Matcher part = at(at, character == '[' ? REVERSED : QUOTED);
      if (part.lookingAt()) {
        out.append(character == '[' ? ".%s()".formatted(PythonMethods.REVERSED) : part.group());
        at = part.end();
      } else {
        at = character(at, character);
      }
    }
    return out.toString();
  }

  private Matcher at(int place, Pattern pattern) {
    return pattern.matcher(source).region(place, source.length());
  }

  /** Takes over a character, and the name behind it where it begins an argument. */
  private int character(int at, char character) {
    switch (character) {
      case '(', '[', '{' -> {
        out.append(character);
        open.push(new Bracket(character == '('));
        return character == '(' ? named(at + 1) : at + 1;
      }
      case ',' -> {
        endNamed();
        out.append(character);
        return !open.isEmpty() && open.peek().round ? named(at + 1) : at + 1;
      }
      case ')', ']', '}' -> {
        endNamed();
        open.poll();
        out.append(character);
        if (character == '}' && source.startsWith("}", at + 1)) {
          out.append(' ');
        }
        return at + 1;
      }
      default -> {
        out.append(character);
        return at + 1;
      }
    }
  }

  private int named(int at) {
    Matcher named = at(at, NAMED);
    if (!named.lookingAt()) {
      return at;
    }
    out.append(named.group()).append('(');
    open.peek().inNamed = true;
    return named.end();
  }

  private void endNamed() {
    if (!open.isEmpty() && open.peek().inNamed) {
      out.append(')');
      open.peek().inNamed = false;
    }
  }
}
