package io.tokenreel.jinja;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rewrites what stands within a tag so that Jinjava reads it as Jinja does. The slice {@code
 * [::-1]}, which it cannot read, becomes a call of {@link PythonMethods#REVERSED}. A value by name,
 * of which it takes the first operand alone, gets parentheses, and so does what follows {@code
 * not}, of which it takes one side of a comparison. Two braces that close, in which it sees the
 * tag's end, get a blank between them.
 */
final class ExpressionSource {

  /** A text in quotes. */
  static final Pattern QUOTED =
      Pattern.compile("'(?:\\\\.|[^'\\\\])*+'|\"(?:\\\\.|[^\"\\\\])*+\"", Pattern.DOTALL);

  private static final Pattern REVERSED = Pattern.compile("\\[\\s*:\\s*:\\s*-\\s*1\\s*\\]");
  private static final Pattern NAMED = Pattern.compile("\\s*[A-Za-z_]\\w*\\s*=(?!=)");
  private static final Pattern MACRO = Pattern.compile("\\s*macro\\b");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
  private static final Pattern IN = Pattern.compile("\\s+in\\b");
  private static final Set<String> ENDS_OF_NOT = Set.of("and", "or", "if", "else");

  private final String source;
  private final StringBuilder out = new StringBuilder();
  private final Deque<Bracket> open = new ArrayDeque<>(List.of(new Bracket(false)));
  private boolean condition; // an if outside of brackets
  private String lastWord = ""; // where nothing but blanks follow it

  /** One that is not closed yet. */
  private static final class Bracket {

    private final boolean round;
    private boolean inNamed;
    private int nots; // parentheses that were put behind them and are still open

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

  /** Whether a loop's head has a condition of its rounds. */
  static boolean hasCondition(String loop) {
    ExpressionSource read = new ExpressionSource(loop);
    read.read();
    return read.condition;
  }

  private String read() {
    for (int at = 0; at < source.length(); ) {
      char character = source.charAt(at);
      Matcher word = at(at, WORD);
      Matcher part = at(at, character == '[' ? REVERSED : QUOTED);
      if (word.lookingAt()) {
        word(word.group(), word.end());
        at = word.end();
      } else if (part.lookingAt()) {
        out.append(character == '[' ? ".%s()".formatted(PythonMethods.REVERSED) : part.group());
        lastWord = "";
        at = part.end();
      } else {
        lastWord = Character.isWhitespace(character) ? lastWord : "";
        at = character(at, character);
      }
    }
    endNots();
    return out.toString();
  }

  private void word(String word, int end) {
    boolean negates = word.equals("not") && !lastWord.equals("is") && !at(end, IN).lookingAt();
    if (ENDS_OF_NOT.contains(word)) {
      endNots();
    }
    condition |= word.equals("if") && open.size() == 1;
    out.append(word);
    if (negates) {
      out.append(" (");
      open.peek().nots++;
    }
    lastWord = word;
  }

  private void endNots() {
    out.append(")".repeat(open.peek().nots));
    open.peek().nots = 0;
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
        endNots();
        endNamed();
        out.append(character);
        return open.peek().round ? named(at + 1) : at + 1;
      }
      case ')', ']', '}' -> {
        endNots();
        endNamed();
        if (open.size() > 1) {
          open.pop();
        }
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
    if (open.peek().inNamed) {
      out.append(')');
      open.peek().inNamed = false;
    }
  }
}
