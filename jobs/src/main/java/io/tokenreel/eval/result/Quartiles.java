package io.tokenreel.eval.result;

/**
 * A quarter of the values is at most {@code low}, half of them at most {@code median}, and a
 * quarter at least {@code high}; each lies between two values where it falls there.
 */
public record Quartiles(double low, double median, double high) {

  /** Of no value. */
  public static final Quartiles NONE = new Quartiles(Double.NaN, Double.NaN, Double.NaN);
}
