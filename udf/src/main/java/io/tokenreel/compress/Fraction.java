package io.tokenreel.compress;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * A fraction in (0, 1], in lowest terms.
 *
 * @param part above 0, at most {@code whole}
 * @param whole at most a million
 */
record Fraction(int part, int whole) {

  private static final BigInteger LARGEST = BigInteger.valueOf(1_000_000);

  Fraction {
    if (part < 1 || part > whole) {
      throw new IllegalArgumentException(
          "a fraction must lie above 0 and at most at 1; got %d/%d".formatted(part, whole));
    }
  }

  /** Reads {@code 1/4} or {@code 0.25}. */
  static Fraction parse(String text) {
    int slash = text.indexOf('/');
    if (slash >= 0) {
      return lowest(
          new BigInteger(text.substring(0, slash)), new BigInteger(text.substring(slash + 1)));
    }
    BigDecimal decimal = new BigDecimal(text).stripTrailingZeros();
    if (Math.abs(decimal.scale()) > 6) {
      throw new IllegalArgumentException(text);
    }
    int digits = Math.max(0, decimal.scale());
    return lowest(decimal.scaleByPowerOfTen(digits).toBigInteger(), BigInteger.TEN.pow(digits));
  }

  private static Fraction lowest(BigInteger part, BigInteger whole) {
    if (part.signum() < 1 || part.compareTo(whole) > 0) {
      throw new IllegalArgumentException(part + "/" + whole);
    }
    BigInteger divisor = part.gcd(whole);
    BigInteger reduced = whole.divide(divisor);
    if (reduced.compareTo(LARGEST) > 0) {
      throw new IllegalArgumentException(part + "/" + whole);
    }
    return new Fraction(part.divide(divisor).intValueExact(), reduced.intValueExact());
  }

  double value() {
    return (double) part / whole;
  }

  @Override
  public String toString() {
    return whole == 1 ? "1" : part + "/" + whole;
  }
}
