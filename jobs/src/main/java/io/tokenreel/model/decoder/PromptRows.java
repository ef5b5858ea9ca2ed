package io.tokenreel.model.decoder;

import java.util.Arrays;
import java.util.List;

/**
 * Embedded tokens and their positions.
 *
 * @param rows {@code [count][hidden]}
 * @param positions {@code [axes][count]}
 * @param levels {@code [levels][count][hidden]}, of which the k-th is added to the rows after layer
 *     k (Qwen3-VL's deepstack); zeros for tokens of text, no levels where all are such
 */
record PromptRows(float[] rows, int[][] positions, List<float[]> levels) {

  /** Tokens of text, one position after the other, equal on all axes. */
  static PromptRows text(float[] rows, int count, int axes, int first) {
    int[] line = new int[count];
    Arrays.setAll(line, i -> first + i);
    int[][] positions = new int[axes][];
    Arrays.fill(positions, line);
    return new PromptRows(rows, positions, List.of());
  }

  int count() {
    return positions[0].length;
  }
}
