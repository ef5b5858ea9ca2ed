package io.tokenreel.token;

import io.tokenreel.spec.MethodInfo;
import io.tokenreel.spec.UnknownWord;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A setting as one string, {@code name[:key=value[,key=value]*]}: the form of compressions,
 * samplings and KV caches. Values are read with defaults and ranges; what was not read is an error.
 */
public final class SpecText {

  private final String kind;
  private final String text;
  private final String name;
  private final Map<String, String> values;
  private final Map<String, MethodInfo.SettingInfo> known = new TreeMap<>();

  private SpecText(String kind, String text, String name, Map<String, String> values) {
    this.kind = kind;
    this.text = text;
    this.name = name;
    this.values = Collections.unmodifiableMap(values);
  }

  /**
   * Parses the form above.
   *
   * @param kind what is set, for messages, such as {@code sampling}
   * @param example a right one, for messages
   * @throws IllegalArgumentException for text of another form
   */
  public static SpecText parse(String kind, String text, String example) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    Map<String, String> values = new LinkedHashMap<>();
    boolean wellFormed = !name.isEmpty();
    if (colon >= 0) {
      for (String pair : text.substring(colon + 1).split(",", -1)) {
        int equals = pair.indexOf('=');
        wellFormed &=
            equals >= 1
                && equals < pair.length() - 1
                && values.put(pair.substring(0, equals), pair.substring(equals + 1)) == null;
      }
    }
    if (!wellFormed) {
      throw new IllegalArgumentException(
          "malformed %s '%s'; expected name[:key=value[,key=value]*] with each key once, such as %s"
              .formatted(kind, text, example));
    }
    return new SpecText(kind, text, name, values);
  }

  /**
   * A method that reads its settings from such a text, with what it reads. All of them must have
   * defaults.
   *
   * @param maker reads every setting of the method
   */
  public static MethodInfo info(String name, String meaning, Function<SpecText, ?> maker) {
    SpecText spec = new SpecText(name, name, name, Map.of());
    Objects.requireNonNull(maker.apply(spec), name);
    return new MethodInfo(name, meaning, List.copyOf(spec.known.values()));
  }

  /** What stands before the colon. */
  public String name() {
    return name;
  }

  /** Key to value as written, in the order written. */
  public Map<String, String> values() {
    return values;
  }

  /** A number in a range. */
  public double number(String key, double byDefault, double least, double most) {
    return number("a number", key, byDefault, least, most);
  }

  private double number(String kind, String key, double byDefault, double least, double most) {
    String range = kind + " from " + print(least) + " to " + print(most);
    know(key, range, print(byDefault));
    String value = values.get(key);
    if (value == null) {
      return byDefault;
    }
    try {
      double number = Double.parseDouble(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad(key, range);
    }
    throw bad(key, range);
  }

  /** A whole number in a range. */
  public int whole(String key, int byDefault, int least, int most) {
    double value = number("a whole number", key, byDefault, least, most);
    if (value != Math.rint(value)) {
      throw bad(key, "a whole number");
    }
    return (int) value;
  }

  /** A text as it is written. */
  public String text(String key, String byDefault) {
    know(key, "a text", byDefault);
    return values.getOrDefault(key, byDefault);
  }

  /** One of the words of an enum, in lower case. */
  public <E extends Enum<E>> E word(String key, E byDefault) {
    E[] words = byDefault.getDeclaringClass().getEnumConstants();
    String allowed = "one of " + Arrays.stream(words).map(SpecText::print).toList();
    know(key, allowed, print(byDefault));
    String value = values.get(key);
    if (value == null) {
      return byDefault;
    }
    for (E word : words) {
      if (print(word).equals(value)) {
        return word;
      }
    }
    throw bad(key, allowed);
  }

  /**
   * To be called after every key was read.
   *
   * @throws IllegalArgumentException naming a key that was not
   */
  public void rejectUnknownKeys() {
    for (String key : values.keySet()) {
      if (!known.containsKey(key)) {
        throw new IllegalArgumentException(
            "%s '%s': %s".formatted(kind, text, UnknownWord.message("key", key, known.keySet())));
      }
    }
  }

  /** The shortest decimal form: 1 for 1.0, 0.5 for 0.50. */
  public static String print(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** The word of an enum's constant. */
  public static String print(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  private void know(String key, String allowed, String byDefault) {
    known.put(key, new MethodInfo.SettingInfo(key, allowed, byDefault));
  }

  private IllegalArgumentException bad(String key, String expected) {
    return new IllegalArgumentException(
        "in %s '%s', %s must be %s; got '%s'"
            .formatted(kind, text, key, expected, values.get(key)));
  }
}
