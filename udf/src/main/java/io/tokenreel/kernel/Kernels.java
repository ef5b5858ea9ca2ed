package io.tokenreel.kernel;

import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;

/**
 * The inner loops of the compression methods, over a {@link RowBatch} at a time.
 *
 * <p>{@link ScalarKernels} is the specification; every other implementation returns the same bits
 * for the same input. To make that possible on any vector width, the order of every sum is part of
 * the contract: a sum over rows goes row by row, and a sum over the channels of a row goes through
 * {@link Stripes}. Channels are widened to float64 before anything else, and every product goes
 * into its sum by {@link Math#fma}, which all platforms round alike (one without the instruction is
 * slow, not different).
 *
 * <p>Arrays of {@code [width]} have the rows' padded width. What a NaN or an infinity leads to is
 * up to the caller: a sum that meets one is never finite again.
 */
public interface Kernels {

  /** The fastest implementation that this JVM has, chosen once. */
  static Kernels best() {
    return BestKernels.CHOICE;
  }

  /** {@code scalar} or {@code vector}. */
  String name();

  /**
   * Finds the first NaN or infinity among {@code count} stored channels, or among the codes of a
   * format with scales.
   *
   * @param byteOffset where the first channel starts in {@code data}
   * @return its channel, counted from {@code byteOffset}, or -1 when all are finite
   */
  int firstNonFinite(TokenFormat format, byte[] data, int byteOffset, int count);

  /**
   * Rewrites stored rows as the little-endian float32 rows of a batch that has bytes of its own;
   * exact, or rounded as {@link StoredRows#decode(int, float[], int)} says. The padding is left as
   * it is.
   *
   * @param stored whose rows each begin with the channels that are read
   * @param from [count of rows], which of the stored rows
   */
  void widen(StoredRows stored, int[] from, RowBatch into);

  /**
   * Adds rows to running moments about a shift: {@code sum += x - shift} and {@code squares += (x -
   * shift)^2}, for each channel row by row.
   *
   * @param shift [width]
   * @param sum [width], added to
   * @param squares [width], added to
   */
  void addMoments(RowBatch rows, double[] shift, double[] sum, double[] squares);

  /**
   * Adds scaled rows to a running sum: {@code sum += x[r] * scale[r]}, for each channel row by row.
   *
   * @param scales [count]
   * @param sum [width], added to
   */
  void addScaled(RowBatch rows, double[] scales, double[] sum);

  /**
   * Each row's weighted sum of squares, {@code sum of (x * weight) * x}.
   *
   * @param weights [width]
   * @param out [count]
   */
  void weightedSquares(RowBatch rows, double[] weights, double[] out);

  /**
   * Each row's products with two vectors, {@code sum of x * first} and {@code sum of x * second}.
   *
   * @param first [width]
   * @param second [width]
   * @param firstOut [count]
   * @param secondOut [count]
   */
  void twoDots(
      RowBatch rows, double[] first, double[] second, double[] firstOut, double[] secondOut);

  /**
   * The product of each row with the row of the same number in another batch of the same block,
   * {@code sum of x * y}.
   *
   * @param out [count]
   */
  void pairDots(RowBatch rows, RowBatch others, double[] out);
}
