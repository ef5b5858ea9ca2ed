package io.tokenreel.kernel;

/**
 * The one order in which the channels of a row are summed: channel {@code i} goes to stripe {@code
 * i mod 16}, each stripe adds its channels in ascending order, and the stripes are added pairwise,
 * the upper half onto the lower until one is left.
 *
 * <p>Sixteen float64 stripes are two, four or eight registers of 512, 256 or 128 bits, so every
 * vector width can keep this order.
 */
final class Stripes {

  static final int COUNT = 16;

  private Stripes() {}

  /** The sum of the sixteen stripes from {@code offset} on; they are used up. */
  static double total(double[] stripes, int offset) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int j = 0; j < half; j++) {
        stripes[offset + j] += stripes[offset + j + half];
      }
    }
    return stripes[offset];
  }
}
