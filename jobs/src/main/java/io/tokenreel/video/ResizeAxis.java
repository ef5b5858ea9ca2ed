package io.tokenreel.video;

import java.util.Arrays;

/**
 * The weights of one axis of a resize: which source pixels make a target pixel, and how much each
 * counts, in fixed point.
 */
final class ResizeAxis {

  /** Keys' cubic with a = -0.5, as Pillow has it. */
  private static final double A = -0.5;

  private static final double SUPPORT = 2;

  /** The most with which a sum of weights and pixels of 8 bits fits an int. */
  private static final int MOST_PRECISION_BITS = 32 - 8 - 2;

  private final int[] first; // [target]
  private final int[][] weights; // [target][taps]
  private final int precisionBits;

  private ResizeAxis(int[] first, int[][] weights, int precisionBits) {
    this.first = first;
    this.weights = weights;
    this.precisionBits = precisionBits;
  }

  /** Pillow's {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}. */
  static ResizeAxis bicubic(int source, int target, Resampling resampling) {
    double scale = (double) source / target;
    double filterScale = Math.max(scale, 1);
    double support = SUPPORT * filterScale;
    double inverse = 1 / filterScale;
    int[] first = new int[target];
    double[][] exact = new double[target][];
    for (int i = 0; i < target; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - support + 0.5));
      int to = Math.min(source, (int) (centre + support + 0.5));
      exact[i] = new double[to - from];
      double sum = 0;
      for (int k = 0; k < exact[i].length; k++) {
        exact[i][k] = cubic((k + from - centre + 0.5) * inverse);
        sum += exact[i][k];
      }
      for (int k = 0; k < exact[i].length && sum != 0; k++) {
        exact[i][k] /= sum;
      }
      first[i] = from;
    }
    int bits = precisionBits(exact, resampling);
    int[][] weights = new int[target][];
    Arrays.setAll(weights, i -> fixedPoint(exact[i], bits));
    return new ResizeAxis(first, weights, bits);
  }

  private static int precisionBits(double[][] weights, Resampling resampling) {
    int bits = MOST_PRECISION_BITS;
    if (resampling == Resampling.TORCHVISION) {
      double most = Arrays.stream(weights).flatMapToDouble(Arrays::stream).max().orElse(0);
      while ((int) (0.5 + most * (1 << bits)) > Short.MAX_VALUE) {
        bits--;
      }
    }
    return bits;
  }

  private static int[] fixedPoint(double[] exact, int precisionBits) {
    int[] fixed = new int[exact.length];
    for (int k = 0; k < exact.length; k++) {
      double weight = exact[k] * (1 << precisionBits);
      fixed[k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    return fixed;
  }

  private static double cubic(double signed) {
    double x = Math.abs(signed);
    if (x < 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
  }

  /** Bits of the weights behind the point. */
  int precisionBits() {
    return precisionBits;
  }

  int first(int target) {
    return first[target];
  }

  int[] weights(int target) {
    return weights[target];
  }
}
