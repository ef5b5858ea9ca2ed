package io.tokenreel.report;

import java.util.Locale;

/** How numbers are printed: in decimal points, whatever the machine's language. */
final class Numbers {

  /** Stands where there is no number. */
  static final String NONE = "–";

  private static final double LEAST_P = 0.001;
  private static final double KIBI = 1024;
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private Numbers() {}

  /** A number with so many digits after the point; {@link #NONE} for NaN. */
  static String fixed(double value, int digits) {
    if (Double.isNaN(value)) {
      return NONE;
    }
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return text.startsWith("-") ? "−" + text.substring(1) : text;
  }

  /** As {@link #fixed}, with its sign. */
  static String signed(double value, int digits) {
    return value >= 0 ? "+" + fixed(value, digits) : fixed(value, digits);
  }

  static String whole(double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%,.0f", value);
  }

  /** A part of one as a percentage. */
  static String percent(double share) {
    return percentage(100 * share);
  }

  /** What is a percentage already. */
  static String percentage(double percent) {
    return Double.isNaN(percent) ? NONE : fixed(percent, 1) + "%";
  }

  static String pValue(double p) {
    return p < LEAST_P ? "< " + fixed(LEAST_P, 3) : fixed(p, 3);
  }

  /** Bytes in the unit that leaves one to three digits before the point. */
  static String bytes(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= KIBI;
      unit++;
    }
    return Double.isNaN(value) ? NONE : fixed(value, unit == 0 ? 0 : 1) + " " + UNITS[unit];
  }

  static double mebibytes(double bytes) {
    return bytes / (KIBI * KIBI);
  }

  /** Digits after the point of a score of this scale, as papers print it. */
  static int digits(double scale) {
    return scale >= 100 ? 1 : 3;
  }
}
