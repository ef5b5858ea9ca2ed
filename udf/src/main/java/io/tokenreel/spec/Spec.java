package io.tokenreel.spec;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A setting as one string, {@code name[:key=value[,key=value]*]}: the one form of compressions,
 * samplings, KV caches, scorings and tasks, such as {@code vidcom2:retention=0.25}.
 *
 * <p>What the name stands for reads its keys, each once, in the order in which {@link #canonical}
 * prints them. A value that is not allowed is an error at once; a key that is missing or that
 * nobody reads is one of {@link #requireRead}, whose message lists what is allowed.
 */
public final class Spec {

  private final String kind;
  private final String text;
  private final String name;
  private final Map<String, String> values;
  private final boolean isExample;
  private final Map<String, Read> read = new LinkedHashMap<>();

  /**
   * A key that was read.
   *
   * @param printed the one spelling of its value
   * @param isRequired whether a spec must have it
   */
  private record Read(MethodInfo.SettingInfo setting, String printed, boolean isRequired) {

    String usage() {
      return "%s=%s%s"
          .formatted(
              setting.key(),
              setting.allowed(),
              isRequired ? "" : " (default " + setting.byDefault() + ")");
    }
  }

  private Spec(
      String kind, String text, String name, Map<String, String> values, boolean isExample) {
    this.kind = kind;
    this.text = text;
    this.name = name;
    this.values = values;
    this.isExample = isExample;
  }

  /**
   * Parses the form above.
   *
   * @param kind what is set, for messages, such as {@code sampling}
   * @param example a right one, for messages
   * @throws IllegalArgumentException for text of another form
   */
  public static Spec parse(String kind, String text, String example) {
    Objects.requireNonNull(text, kind);
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
    return new Spec(kind, text, name, values, false);
  }

  /** A name alone, of which every key has its default, or a value that is allowed. */
  static Spec example(String kind, String name) {
    return new Spec(kind, name, name, Map.of(), true);
  }

  /** What stands before the colon. */
  public String name() {
    return name;
  }

  /** The value of a key as written; null where the spec does not have it. */
  public String written(String key) {
    return values.get(key);
  }

  /** The same spec without a key. */
  public Spec without(String key) {
    Map<String, String> others = new LinkedHashMap<>(values);
    others.remove(key);
    return new Spec(kind, text, name, others, isExample);
  }

  /**
   * Reads a value of any type.
   *
   * @param allowed what a value may be, for messages
   * @param byDefault where the spec does not have the key; null for one that it must have
   * @param example a value that is allowed
   * @param parser throws IllegalArgumentException or ArithmeticException for one that is not
   * @param printer the one spelling of a value
   * @throws IllegalArgumentException for a value that is not allowed
   */
  public <T> T value(
      String key,
      String allowed,
      T byDefault,
      T example,
      Function<String, T> parser,
      Function<T, String> printer) {
    String written = values.get(key);
    T value = byDefault == null ? example : byDefault;
    if (written != null) {
      try {
        value = parser.apply(written);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException(
            "%s in %s '%s' must be %s; got '%s'".formatted(key, kind, text, allowed, written), e);
      }
    }
    String printedDefault = byDefault == null ? null : printer.apply(byDefault);
    read.put(
        key,
        new Read(
            new MethodInfo.SettingInfo(key, allowed, printedDefault),
            printer.apply(value),
            byDefault == null));
    return value;
  }

  /** A number in a range. */
  public double number(String key, double byDefault, double least, double most) {
    String range = "a number from %s to %s".formatted(print(least), print(most));
    return value(key, range, byDefault, least, text -> within(text, least, most), Spec::print);
  }

  /** A share in [0, 1] that a spec must give. */
  public double share(String key) {
    return value(key, "a number from 0 to 1", null, 1.0, text -> within(text, 0, 1), Spec::print);
  }

  /** A share in (0, 1] that a spec must give. */
  public double positiveShare(String key) {
    return value(
        key,
        "a number above 0 and at most 1",
        null,
        1.0,
        text -> within(text, Double.MIN_VALUE, 1),
        Spec::print);
  }

  /** A whole number in a range. */
  public int whole(String key, int byDefault, int least, int most) {
    return value(
        key,
        "a whole number from %d to %d".formatted(least, most),
        byDefault,
        least,
        text -> {
          int number = new BigDecimal(text).intValueExact();
          return (int) within(text, number, least, most);
        },
        String::valueOf);
  }

  /** A whole number of 64 bits. */
  public long integer(String key, long byDefault) {
    return value(key, "a whole number of 64 bits", byDefault, 0L, Long::valueOf, String::valueOf);
  }

  /** {@code true} or {@code false}; false unless given. */
  public boolean flag(String key) {
    return Boolean.parseBoolean(oneOf(key, List.of("false", "true"), "false"));
  }

  /** A text as it is written; null where the spec has none and there is no default. */
  public String text(String key, String byDefault) {
    String value = values.getOrDefault(key, byDefault);
    read.put(key, new Read(new MethodInfo.SettingInfo(key, "a text", byDefault), value, false));
    return value;
  }

  /** One of the words of an enum, in lower case. */
  public <E extends Enum<E>> E word(String key, E byDefault) {
    Class<E> type = byDefault.getDeclaringClass();
    List<String> words = Arrays.stream(type.getEnumConstants()).map(Spec::print).toList();
    return Enum.valueOf(type, oneOf(key, words, print(byDefault)).toUpperCase(Locale.ROOT));
  }

  /** One of some words that a spec must give. */
  public String oneOf(String key, List<String> words) {
    return oneOf(key, words, null);
  }

  private String oneOf(String key, List<String> words, String byDefault) {
    return value(
        key,
        "one of " + words,
        byDefault,
        words.get(0),
        text -> {
          if (!words.contains(text)) {
            throw new IllegalArgumentException(text);
          }
          return text;
        },
        Function.identity());
  }

  private static double within(String text, double least, double most) {
    return within(text, new BigDecimal(text).doubleValue(), least, most);
  }

  private static double within(String text, double number, double least, double most) {
    if (number < least || number > most) {
      throw new IllegalArgumentException(text);
    }
    return number;
  }

  /**
   * To be called after every key was read.
   *
   * @throws IllegalArgumentException naming a key that nobody read, or that is missing
   */
  public void requireRead() {
    Collection<Read> all = read.values();
    String usage =
        all.isEmpty()
            ? name + " takes no settings"
            : name + " takes " + all.stream().map(Read::usage).collect(Collectors.joining(", "));
    for (String key : values.keySet()) {
      if (!read.containsKey(key)) {
        throw new IllegalArgumentException(
            "%s '%s' has the unknown key '%s'; %s%s"
                .formatted(
                    kind,
                    text,
                    key,
                    UnknownWord.nearest(key, read.keySet())
                        .map("did you mean %s? "::formatted)
                        .orElse(""),
                    usage));
      }
    }
    for (Read one : all) {
      if (one.isRequired() && !isExample && !values.containsKey(one.setting().key())) {
        throw new IllegalArgumentException(
            "%s '%s' lacks %s=; %s".formatted(kind, text, one.setting().key(), usage));
      }
    }
  }

  /**
   * The spec in its one spelling: keys in the order in which they were read, numbers in their
   * shortest form, and no key that is at its default; one that must be given is always there. Two
   * texts that mean the same have the same canonical spec.
   */
  public String canonical() {
    String settings =
        read.values().stream()
            .filter(
                one ->
                    one.isRequired() || !Objects.equals(one.printed(), one.setting().byDefault()))
            .map(one -> one.setting().key() + "=" + one.printed())
            .collect(Collectors.joining(","));
    return settings.isEmpty() ? name : name + ":" + settings;
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }

  /** The keys that were read, in their order. */
  List<MethodInfo.SettingInfo> settings() {
    return read.values().stream().map(Read::setting).toList();
  }

  /** The decimal of fewest digits that reads back as the same float64, without an exponent. */
  public static String print(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; ; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros().toPlainString();
      }
    }
  }

  /** The word of an enum's constant. */
  public static String print(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
