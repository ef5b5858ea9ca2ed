package io.tokenreel.kernel;

import io.tokenreel.token.TokenDtype;

/**
 * The inner loops of the compression methods, over a few rows of tokens at a time.
 *
 * <p>{@link ScalarKernels} is the specification; every other implementation returns the same bits
 * for the same input. To make that possible on any vector width, the order of every sum is part of
 * the contract: a sum over rows goes row by row, and a sum over the channels of a row goes through
 * {@link Stripes}. Everything is summed in float64 and nothing is fused, so that platforms with and
 * without fused multiply-add agree.
 *
 * <p>{@code rows} is always {@code [count][width]} float32, row-major, where {@code width} is
 * {@link #width(int)} of the number of channels and the channels beyond it are 0; callers keep it
 * small enough to stay in a processor's cache. Values must be finite; see {@link #firstNonFinite}.
 */
public interface Kernels {

  /** The fastest implementation that this JVM has, chosen once. */
  static Kernels best() {
    return BestKernels.CHOICE;
  }

  /**
   * {@code dim} rounded up to whole groups of {@link Stripes#COUNT}, so that no loop has a rest.
   */
  static int width(int dim) {
    return (dim + Stripes.COUNT - 1) / Stripes.COUNT * Stripes.COUNT;
  }

  /** {@code scalar} or {@code vector}. */
  String name();

  /**
   * Finds the first NaN or infinity among {@code count} stored channels.
   *
   * @param byteOffset where the first channel starts in {@code data}
   * @return its channel, counted from {@code byteOffset}, or -1 when all are finite
   */
  int firstNonFinite(TokenDtype dtype, byte[] data, int byteOffset, int count);

  /**
   * Reads {@code count} stored channels, all finite, as float32; exact.
   *
   * @param byteOffset where the first channel starts in {@code data}
   */
  void widen(TokenDtype dtype, byte[] data, int byteOffset, float[] out, int outOffset, int count);

  /**
   * Adds rows to running moments about a shift: {@code sum += x - shift} and {@code squares += (x -
   * shift)^2}, for each channel row by row.
   *
   * @param shift [width]
   * @param sum [width], added to
   * @param squares [width], added to
   */
  void addMoments(
      float[] rows, int count, int width, float[] shift, double[] sum, double[] squares);

  /**
   * Adds scaled rows to a running sum: {@code sum += scale[r] * x[r]}, for each channel row by row.
   *
   * @param scales [count]
   * @param sum [width], added to
   */
  void addScaled(float[] rows, int count, int width, double[] scales, double[] sum);

  /**
   * Each row's weighted sum of squares, {@code sum of x^2 * weight}.
   *
   * @param weights [width]
   * @param out [count]
   */
  void weightedSquares(float[] rows, int count, int width, double[] weights, double[] out);

  /**
   * Each row's product with a vector, {@code sum of x * weight}.
   *
   * @param weights [width]
   * @param out [count]
   */
  void dots(float[] rows, int count, int width, double[] weights, double[] out);

  /**
   * The product of each row with the row of the same number in another array, {@code sum of x * y}.
   *
   * @param others [count][width]
   * @param out [count]
   */
  void pairDots(float[] rows, float[] others, int count, int width, double[] out);
}
