package io.tokenreel.model;

import java.util.stream.IntStream;

/**
 * The rotary positions of visual rows that stand together, counted from the position at which they
 * begin.
 *
 * @param axes {@code [axes][rows]}, offsets; one axis where positions are places in the sequence
 * @param advance how much further the text after the rows begins
 * @param reach the largest offset of the video before compression, plus 1
 */
public record RowPositions(int[][] axes, int advance, int reach) {

  public RowPositions {
    for (int[] axis : axes) {
      if (axis.length != axes[0].length) {
        throw new IllegalArgumentException(
            "every axis must have a position for each row; got %d and %d"
                .formatted(axes[0].length, axis.length));
      }
    }
  }

  /** Rows one after the other, as text is: what is pruned leaves no gap. */
  public static RowPositions line(int rows) {
    return new RowPositions(new int[][] {IntStream.range(0, rows).toArray()}, rows, rows);
  }

  /**
   * Those of some of the rows, which keep their positions.
   *
   * @param rows their places among these
   */
  public RowPositions select(int[] rows) {
    int[][] selected = new int[axes.length][];
    for (int axis = 0; axis < axes.length; axis++) {
      int[] from = axes[axis];
      selected[axis] = IntStream.of(rows).map(row -> from[row]).toArray();
    }
    return new RowPositions(selected, advance, reach);
  }

  /** How many rows there are. */
  public int rows() {
    return axes[0].length;
  }
}
