package io.tokenreel.video;

/**
 * The weights of one axis of a resize: which source pixels make a target pixel, and how much each
 * counts, in fixed point.
 */
final class ResizeAxis {

  /** Keys' cubic with a = -0.5, as Pillow has it. */
  private static final double A = -0.5;

  private static final double SUPPORT = 2;

  private final int[] first; // [target]
  private final int[][] weights; // [target][taps]

  private ResizeAxis(int[] first, int[][] weights) {
    this.first = first;
    this.weights = weights;
  }

  /** Pillow's {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}. */
  static ResizeAxis bicubic(int source, int target, int precisionBits) {
    double scale = (double) source / target;
    double filterScale = Math.max(scale, 1);
    double support = SUPPORT * filterScale;
    double inverse = 1 / filterScale;
    int[] first = new int[target];
    int[][] weights = new int[target][];
    for (int i = 0; i < target; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - support + 0.5));
      int to = Math.min(source, (int) (centre + support + 0.5));
      double[] exact = new double[to - from];
      double sum = 0;
      for (int k = 0; k < exact.length; k++) {
        exact[k] = cubic((k + from - centre + 0.5) * inverse);
        sum += exact[k];
      }
      first[i] = from;
      weights[i] = fixedPoint(exact, sum, precisionBits);
    }
    return new ResizeAxis(first, weights);
  }

  private static int[] fixedPoint(double[] exact, double sum, int precisionBits) {
    int[] fixed = new int[exact.length];
    for (int k = 0; k < exact.length; k++) {
      double weight = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << precisionBits);
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

  int first(int target) {
    return first[target];
  }

  int[] weights(int target) {
    return weights[target];
  }
}
