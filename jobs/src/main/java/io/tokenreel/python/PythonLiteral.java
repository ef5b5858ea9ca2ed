package io.tokenreel.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code ast.literal_eval}: the value of a literal of Python 3, which a language model may write
 * where it is asked for a dictionary. It gives
 *
 * <ul>
 *   <li>{@code str} as a String, {@code bytes} as {@link Bytes}, {@code int} as a BigInteger,
 *       {@code float} as a Double, {@code bool} as a Boolean,
 *   <li>{@code list} as a List, {@code tuple} as {@link Tuple}, {@code dict} as a Map in its order,
 *       where a later value of a key replaces an earlier one,
 *   <li>{@code None}, {@code Ellipsis}, a complex number or a set as {@link Other}.
 * </ul>
 *
 * <p>Line ends between tokens are skipped, as Python skips them within brackets.
 */
public final class PythonLiteral {

  /** Parentheses of every kind that may be open at once. */
  private static final int MOST_OPEN = 200;

  private final LiteralTokens tokens;
  private int open;

  private PythonLiteral(LiteralTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * {@code bytes}.
   *
   * @param text a character for each, 0 to 255
   */
  public record Bytes(String text) {}

  /** {@code tuple}. */
  public record Tuple(List<Object> values) {}

  /** A value whose kind is all that matters here. */
  public enum Other {
    NONE,
    ELLIPSIS,
    COMPLEX,
    SET
  }

  /** Raised where Python raises a SyntaxError, a ValueError or a TypeError. */
  public static final class NoLiteral extends Exception {

    private static final long serialVersionUID = 1;

    NoLiteral(String message) {
      super(message);
    }
  }

  /** What an expression is beside its value: a sign takes a bare number alone. */
  private enum Kind {
    NUMBER,
    SIGNED_NUMBER,
    NAME_OF_SET,
    ANY
  }

  private record Expression(Object value, Kind kind) {}

  /** The value of a text. */
  public static Object of(String text) throws NoLiteral {
    PythonLiteral literal = new PythonLiteral(new LiteralTokens(text));
    Object value = literal.value();
    literal.tokens.expectEnd();
    return value;
  }

  private Object value() throws NoLiteral {
    Expression value = expression();
    if (value.kind == Kind.NAME_OF_SET) {
      throw new NoLiteral("a name");
    }
    return value.value;
  }

  private Expression expression() throws NoLiteral {
    Expression left = signed();
    if (!tokens.next('+') && !tokens.next('-')) {
      return left;
    }
    tokens.take();
    Expression right = atom();
    boolean real =
        (left.kind == Kind.NUMBER || left.kind == Kind.SIGNED_NUMBER)
            && left.value != Other.COMPLEX;
    if (!real || right.kind != Kind.NUMBER || right.value != Other.COMPLEX) {
      throw new NoLiteral("a sum that is no complex number");
    }
    if (left.value instanceof BigInteger whole && Double.isInfinite(whole.doubleValue())) {
      throw new NoLiteral("a whole number too large for a complex one");
    }
    return new Expression(Other.COMPLEX, Kind.ANY);
  }

  private Expression signed() throws NoLiteral {
    if (!tokens.next('+') && !tokens.next('-')) {
      return atom();
    }
    boolean minus = tokens.take() == '-';
    Expression number = atom();
    if (number.kind != Kind.NUMBER) {
      throw new NoLiteral("a sign before what is no number");
    }
    return new Expression(minus ? negated(number.value) : number.value, Kind.SIGNED_NUMBER);
  }

  private static Object negated(Object number) {
    if (number instanceof BigInteger whole) {
      return whole.negate();
    }
    return number instanceof Double real ? -real : number;
  }

  private Expression atom() throws NoLiteral {
    Expression value = first();
    if (value.kind == Kind.NAME_OF_SET && tokens.next('(')) {
      tokens.take();
      tokens.expect(')');
      return new Expression(Other.SET, Kind.ANY);
    }
    return value;
  }

  private Expression first() throws NoLiteral {
    if (tokens.next('(') || tokens.next('[') || tokens.next('{')) {
      if (++open > MOST_OPEN) {
        throw new NoLiteral("too many nested parentheses");
      }
      Expression inside =
          switch (tokens.take()) {
            case '(' -> parenthesised();
            case '[' -> new Expression(elements(']'), Kind.ANY);
            default -> new Expression(braced(), Kind.ANY);
          };
      open--;
      return inside;
    }
    if (tokens.nextIsString()) {
      return new Expression(tokens.strings(), Kind.ANY);
    }
    if (tokens.nextIsNumber()) {
      return new Expression(tokens.number(), Kind.NUMBER);
    }
    return switch (tokens.name()) {
      case "True" -> new Expression(true, Kind.ANY);
      case "False" -> new Expression(false, Kind.ANY);
      case "None" -> new Expression(Other.NONE, Kind.ANY);
      case "..." -> new Expression(Other.ELLIPSIS, Kind.ANY);
      case LiteralTokens.SET -> new Expression(null, Kind.NAME_OF_SET);
      default -> throw new NoLiteral("a name");
    };
  }

  /** Behind an opening parenthesis: an expression by itself, or a tuple. */
  private Expression parenthesised() throws NoLiteral {
    if (tokens.skip(')')) {
      return new Expression(new Tuple(List.of()), Kind.ANY);
    }
    Expression first = expression();
    if (tokens.skip(')')) {
      return first;
    }
    if (first.kind == Kind.NAME_OF_SET) {
      throw new NoLiteral("a name");
    }
    tokens.expect(',');
    List<Object> values = new ArrayList<>(Collections.singletonList(first.value));
    values.addAll(elements(')'));
    return new Expression(new Tuple(values), Kind.ANY);
  }

  private List<Object> elements(char end) throws NoLiteral {
    List<Object> values = new ArrayList<>();
    while (!tokens.skip(end)) {
      values.add(value());
      if (!tokens.next(end)) {
        tokens.expect(',');
      }
    }
    return values;
  }

  /** Behind an opening brace: a dictionary, or a set. */
  private Object braced() throws NoLiteral {
    Map<Object, Object> entries = new LinkedHashMap<>();
    if (tokens.skip('}')) {
      return entries;
    }
    Object first = hashable(value());
    if (!tokens.skip(':')) {
      if (!tokens.next('}')) {
        tokens.expect(',');
      }
      for (Object value : elements('}')) {
        hashable(value);
      }
      return Other.SET;
    }
    entries.put(first, value());
    while (!tokens.skip('}')) {
      tokens.expect(',');
      if (!tokens.next('}')) {
        Object key = hashable(value());
        tokens.expect(':');
        entries.put(key, value());
      }
    }
    return entries;
  }

  private static Object hashable(Object key) throws NoLiteral {
    if (key instanceof List || key instanceof Map || key == Other.SET) {
      throw new NoLiteral("a key that has no hash");
    }
    if (key instanceof Tuple tuple) {
      for (Object value : tuple.values) {
        hashable(value);
      }
    }
    return key;
  }
}
