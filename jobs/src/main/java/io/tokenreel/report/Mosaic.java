package io.tokenreel.report;

import io.tokenreel.token.TokenShape;
import java.util.BitSet;
import java.util.function.IntPredicate;

/**
 * The tokens of one frame that a compression keeps, as paths of SVG in which a token is a square of
 * side 1.
 *
 * @param dropped covers the tokens that are not kept
 * @param edges runs between kept tokens and others
 * @param kept how many
 */
record Mosaic(String dropped, String edges, int kept) {

  /**
   * Of a frame.
   *
   * @param index kept tokens of {@code [frames * tokensPerFrame]}
   */
  static Mosaic of(int[] index, int frame, TokenShape shape) {
    BitSet tokens = new BitSet(shape.tokensPerFrame());
    for (int token : index) {
      if (token / shape.tokensPerFrame() == frame) {
        tokens.set(token % shape.tokensPerFrame());
      }
    }
    return of(tokens, shape.gridHeight(), shape.gridWidth());
  }

  private static Mosaic of(BitSet tokens, int height, int width) {
    StringBuilder edges = new StringBuilder();
    for (int y = 0; y <= height; y++) {
      int row = y;
      runs(
          width,
          x -> kept(tokens, height, width, row - 1, x) != kept(tokens, height, width, row, x),
          (x, length) -> edges.append("M%d %dh%d".formatted(x, row, length)));
    }
    for (int x = 0; x <= width; x++) {
      int column = x;
      runs(
          height,
          y -> kept(tokens, height, width, y, column - 1) != kept(tokens, height, width, y, column),
          (y, length) -> edges.append("M%d %dv%d".formatted(column, y, length)));
    }
    StringBuilder dropped = new StringBuilder();
    for (int y = 0; y < height; y++) {
      int row = y;
      runs(
          width,
          x -> !kept(tokens, height, width, row, x),
          (x, length) -> dropped.append("M%d %dh%dv1h-%dz".formatted(x, row, length, length)));
    }
    return new Mosaic(dropped.toString(), edges.toString(), tokens.cardinality());
  }

  private static boolean kept(BitSet tokens, int height, int width, int y, int x) {
    return y >= 0 && y < height && x >= 0 && x < width && tokens.get(y * width + x);
  }

  private interface Run {
    void from(int start, int length);
  }

  private static void runs(int end, IntPredicate in, Run run) {
    int start = 0;
    while (start < end) {
      int next = start;
      while (next < end && in.test(next)) {
        next++;
      }
      if (next > start) {
        run.from(start, next - start);
      }
      start = next + 1;
    }
  }
}
