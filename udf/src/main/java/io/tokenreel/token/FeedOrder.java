package io.tokenreel.token;

/**
 * The one rule of the order of kept tokens, in Java and in SQL: ascending, each once; or, where
 * every row of a frame ends in a newline token, frame by frame the kept tokens first and the
 * newline tokens after them, both ascending, as LLaVA-Video's released code has it.
 */
public final class FeedOrder {

  /** The rule in words, for messages. */
  public static final String RULE =
      "ascending, a frame's newline tokens after its others where the grid has any";

  private FeedOrder() {}

  /** Whether a grid's place is one of its newline tokens. */
  public static boolean isNewline(int index, TokenShape shape) {
    int column = index % shape.tokensPerFrame() % (shape.gridWidth() + 1);
    return shape.hasNewlines() && column == shape.gridWidth();
  }

  /**
   * Whether indices are places of the grid in the order in which a language model is fed them.
   *
   * @param indices of {@code [frames * tokensPerFrame]}
   */
  public static boolean holds(int[] indices, TokenShape shape) {
    boolean ascending = true;
    boolean newlinesLast = shape.hasNewlines();
    for (int i = 0; i < indices.length; i++) {
      if (indices[i] < 0 || indices[i] >= shape.tokens()) {
        return false;
      }
      ascending &= i == 0 || indices[i - 1] < indices[i];
      newlinesLast &= i == 0 || isBefore(indices[i - 1], indices[i], shape);
    }
    return ascending || newlinesLast;
  }

  private static boolean isBefore(int one, int other, TokenShape shape) {
    int frame = one / shape.tokensPerFrame();
    int otherFrame = other / shape.tokensPerFrame();
    if (frame != otherFrame) {
      return frame < otherFrame;
    }
    boolean newline = isNewline(one, shape);
    boolean otherNewline = isNewline(other, shape);
    return newline == otherNewline ? one < other : otherNewline;
  }

  /**
   * The same in Spark SQL, over the columns {@code tokens_per_frame, grid_height, grid_width}.
   *
   * @param indices an expression of places of the grid
   */
  public static String sql(String indices) {
    String ascending = "array_sort(array_distinct(%s))".formatted(indices);
    String newlinesLast =
        """
        transform(
            array_sort(transform(array_distinct(%s), i -> struct(
                i DIV tokens_per_frame,
                MOD(MOD(i, tokens_per_frame), grid_width + 1) = grid_width,
                i AS place))),
            token -> token.place)"""
            .formatted(indices);
    return "(%1$s = %2$s OR (tokens_per_frame = grid_height * (grid_width + 1) AND %1$s = %3$s))"
        .formatted(indices, ascending, newlinesLast);
  }
}
