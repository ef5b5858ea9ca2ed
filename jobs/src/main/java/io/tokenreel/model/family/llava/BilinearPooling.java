package io.tokenreel.model.family.llava;

/**
 * Bilinear resampling of a square grid as PyTorch's {@code interpolate(mode="bilinear")} does it
 * (half-pixel centres, no antialiasing, edges clamped), written as the matrix that it is.
 */
final class BilinearPooling {

  private BilinearPooling() {}

  /**
   * The matrix from a grid's cells to the smaller grid's.
   *
   * @param from rows and columns of the grid
   * @param to rows and columns of the smaller grid
   * @return {@code [to * to][from * from]}; every row sums to 1
   */
  static float[] matrix(int from, int to) {
    double[] axis = axis(from, to);
    float[] matrix = new float[to * to * from * from];
    for (int cell = 0; cell < to * to; cell++) {
      for (int source = 0; source < from * from; source++) {
        double vertical = axis[cell / to * from + source / from];
        double horizontal = axis[cell % to * from + source % from];
        matrix[cell * from * from + source] = (float) (vertical * horizontal);
      }
    }
    return matrix;
  }

  /** {@code [to][from]}: the share of every source line in every target line. */
  private static double[] axis(int from, int to) {
    double[] shares = new double[to * from];
    for (int line = 0; line < to; line++) {
      double centre = Math.max(0, (line + 0.5) * from / to - 0.5);
      int low = Math.min((int) centre, from - 1);
      int high = Math.min(low + 1, from - 1);
      shares[line * from + low] += 1 - (centre - low);
      shares[line * from + high] += centre - low;
    }
    return shares;
  }
}
