package io.tokenreel.model.family.qwenvl;

/**
 * Which four rows of the table of learned positions a patch reads, and their shares: bilinear, the
 * corners of table and grid aligned, in the reference's float32 steps.
 *
 * <p>Source: transformers 5.23, {@code get_vision_interpolation_indices_and_weights} of
 * vision_utils.py, called by models/qwen3_vl.
 *
 * @param rows {@code [patches][4]} of the table; nobody writes to it
 * @param shares {@code [patches][4]}; nobody writes to it
 */
record PositionTaps(long[] rows, float[] shares) {

  static final int TAPS = 4;

  /**
   * The taps of a grid's patches, in their order.
   *
   * @param side rows and columns of the table
   */
  static PositionTaps of(PatchGrid grid, int side) {
    long[] rows = new long[grid.patches() * TAPS];
    float[] shares = new float[rows.length];
    for (int patch = 0; patch < grid.patches(); patch++) {
      float y = place(grid.row(patch), grid.rows(), side);
      float x = place(grid.column(patch), grid.columns(), side);
      for (int tap = 0; tap < TAPS; tap++) {
        int down = tap / 2;
        int right = tap % 2;
        rows[patch * TAPS + tap] = (long) line(y, down, side) * side + line(x, right, side);
        shares[patch * TAPS + tap] = share(y, down) * share(x, right);
      }
    }
    return new PositionTaps(rows, shares);
  }

  /** Where a patch lies along an axis of the table. */
  private static float place(int index, int size, int side) {
    return (float) (index * (side - 1)) / Math.max(size - 1, 1);
  }

  private static int line(float place, int offset, int side) {
    return Math.min((int) place + offset, side - 1);
  }

  private static float share(float place, int offset) {
    return 1 - Math.abs(place - (int) place - offset);
  }
}
