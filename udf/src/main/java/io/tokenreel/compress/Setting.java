package io.tokenreel.compress;

import io.tokenreel.spec.MethodInfo;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One key of a compression spec: how its value is read, checked and printed.
 *
 * @param key as written in a spec
 * @param fallback the value where the spec has none; null when the key is required
 * @param allowed what a value may be, for error messages
 * @param parser throws IllegalArgumentException for a value that is not allowed
 * @param printer the one spelling of a value
 */
record Setting<T>(
    String key,
    T fallback,
    String allowed,
    Function<String, T> parser,
    Function<T, String> printer) {

  /** A share in (0, 1] that a spec must give. */
  static Setting<Double> positiveShare(String key) {
    return new Setting<>(
        key,
        null,
        "a number above 0 and at most 1",
        text -> number(text, Double.MIN_VALUE),
        Setting::shortest);
  }

  /** A share in [0, 1] that a spec must give. */
  static Setting<Double> share(String key) {
    return new Setting<>(
        key, null, "a number from 0 to 1", text -> number(text, 0), Setting::shortest);
  }

  /** A fraction in (0, 1] that a spec must give, as {@code 1/4} or {@code 0.25}. */
  static Setting<Fraction> fraction(String key) {
    return new Setting<>(
        key,
        null,
        "a fraction above 0 and at most 1, such as 1/4",
        Fraction::parse,
        Fraction::toString);
  }

  /** A whole number of 64 bits. */
  static Setting<Long> integer(String key, long fallback) {
    return new Setting<>(
        key, fallback, "a whole number of 64 bits", Long::valueOf, String::valueOf);
  }

  /** {@code true} or {@code false}; false unless given. */
  static Setting<Boolean> flag(String key) {
    return oneOf(key, List.of("false", "true")).map(Boolean::valueOf, String::valueOf);
  }

  /** One of an enum's names in lower case; the first is the default. */
  static <E extends Enum<E>> Setting<E> oneOf(String key, Class<E> type) {
    List<String> names =
        Stream.of(type.getEnumConstants()).map(e -> e.name().toLowerCase(Locale.ROOT)).toList();
    return oneOf(key, names)
        .map(
            name -> Enum.valueOf(type, name.toUpperCase(Locale.ROOT)),
            value -> value.name().toLowerCase(Locale.ROOT));
  }

  /** One of some names; the first is the default. */
  static Setting<String> oneOf(String key, List<String> names) {
    return new Setting<>(
        key, names.get(0), "one of " + names, text -> member(text, names), Function.identity());
  }

  /** One of some names that a spec must give. */
  static Setting<String> requiredOneOf(String key, List<String> names) {
    return new Setting<>(
        key, null, "one of " + names, text -> member(text, names), Function.identity());
  }

  boolean required() {
    return fallback == null;
  }

  /** How the setting is listed in error messages. */
  String usage() {
    return key + "=" + allowed + (required() ? "" : " (default " + printer.apply(fallback) + ")");
  }

  /** The setting as others list it. */
  MethodInfo.SettingInfo info() {
    return new MethodInfo.SettingInfo(key, allowed, required() ? null : printer.apply(fallback));
  }

  private <U> Setting<U> map(Function<T, U> to, Function<U, String> print) {
    Objects.requireNonNull(fallback, key);
    return new Setting<>(key, to.apply(fallback), allowed, parser.andThen(to), print);
  }

  private static String member(String text, List<String> names) {
    if (!names.contains(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static Double number(String text, double least) {
    double value = new BigDecimal(text).doubleValue();
    if (value < least || value > 1) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  /** The decimal of fewest digits that reads back as the same float64, without an exponent. */
  private static String shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; ; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros().toPlainString();
      }
    }
  }
}
