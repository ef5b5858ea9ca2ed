package io.tokenreel.model.decoder;

import java.util.Arrays;

/**
 * Embedded tokens and their positions.
 *
 * @param rows {@code [count][hidden]}
 * @param positions {@code [axes][count]}
 */
record PromptRows(float[] rows, int[][] positions) {

  /** Tokens of text, one position after the other, equal on all axes. */
  static PromptRows text(float[] rows, int count, int axes, int first) {
    int[] line = new int[count];
    Arrays.setAll(line, i -> first + i);
    int[][] positions = new int[axes][];
    Arrays.fill(positions, line);
    return new PromptRows(rows, positions);
  }

  int count() {
    return positions[0].length;
  }
}
