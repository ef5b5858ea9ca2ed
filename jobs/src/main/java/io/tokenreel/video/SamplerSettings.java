package io.tokenreel.video;

import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeSet;

/**
 * The key-value pairs of one sampling spec, read with defaults and ranges; leftovers are errors.
 */
final class SamplerSettings {

  private final String spec;
  private final Map<String, String> values;
  private final TreeSet<String> known = new TreeSet<>();

  SamplerSettings(String spec, Map<String, String> values) {
    this.spec = spec;
    this.values = values;
  }

  /** A number of frames, 1 to {@link Samplers#MOST_FRAMES}. */
  int frames(String key, int byDefault) {
    double value = number(key, byDefault, 1, Samplers.MOST_FRAMES);
    if (value != Math.rint(value)) {
      throw bad(key, "a whole number");
    }
    return (int) value;
  }

  double number(String key, double byDefault, double least, double most) {
    known.add(key);
    String text = values.get(key);
    if (text == null) {
      return byDefault;
    }
    String range = "a number from " + print(least) + " to " + print(most);
    try {
      double value = Double.parseDouble(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw bad(key, range);
    }
    throw bad(key, range);
  }

  /** To be called after every key was read. */
  void rejectUnknownKeys() {
    for (String key : values.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            "unknown key '%s' in sampling '%s'; known: %s".formatted(key, spec, known));
      }
    }
  }

  /** The shortest decimal form: 1 for 1.0, 0.5 for 0.50. */
  static String print(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private IllegalArgumentException bad(String key, String expected) {
    return new IllegalArgumentException(
        "in sampling '%s', %s must be %s; got '%s'"
            .formatted(spec, key, expected, values.get(key)));
  }
}
