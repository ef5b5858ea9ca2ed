package io.tokenreel.model.qwenvl;

/**
 * Positions of a visual block's tokens on the three axes time, row and column, relative to the
 * position that a text token in its place would have.
 *
 * @param offsets {@code [3][tokens]}, tokens by step, row and column; nobody writes to it
 * @param advance how far the position of what follows the block lies after its start
 * @param reach largest offset + 1
 */
public record BlockPositions(int[][] offsets, int advance, int reach) {

  /** The axes. */
  public static final int AXES = 3;

  /**
   * Lays a grid out.
   *
   * @param times {@code [steps]}, offsets on the time axis, ascending
   * @param rows of tokens
   * @param columns of tokens
   */
  static BlockPositions of(int[] times, int rows, int columns, PositionRule rule) {
    int step = Math.multiplyExact(rows, columns);
    int[][] offsets = new int[AXES][Math.multiplyExact(times.length, step)];
    for (int token = 0; token < offsets[0].length; token++) {
      offsets[0][token] = times[token / step];
      offsets[1][token] = token % step / columns;
      offsets[2][token] = token % columns;
    }
    int side = Math.max(rows, columns);
    int reach = Math.max(side, Math.addExact(times[times.length - 1], 1));
    return new BlockPositions(offsets, rule == PositionRule.MERGED_GRID ? side : reach, reach);
  }
}
