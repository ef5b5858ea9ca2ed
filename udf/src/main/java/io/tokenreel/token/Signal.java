package io.tokenreel.token;

import java.util.Objects;

/**
 * One quantity of an encoder beside its tokens: a row of numbers for each token of the grid, or for
 * each frame.
 *
 * @param per what has a row
 * @param width numbers in a row, at least 1: 1 for attention that a token received, the width of a
 *     head for keys
 * @param values {@code [frames][tokensPerFrame][width]} or {@code [frames][width]}, row-major;
 *     shared and not written to after construction
 */
public record Signal(Per per, int width, float[] values) {

  /** What a signal has a row for. */
  public enum Per {
    TOKEN("token"),
    FRAME("frame");

    private final String word;

    Per(String word) {
      this.word = word;
    }

    /** As messages name it. */
    String word() {
      return word;
    }

    /** Rows of a video's signal. */
    int rows(TokenShape shape) {
      return this == TOKEN ? shape.tokens() : shape.frames();
    }
  }

  public Signal {
    Objects.requireNonNull(per, "per");
    Objects.requireNonNull(values, "values");
    if (width < 1) {
      throw new IllegalArgumentException(
          "a signal must have at least 1 number in a row; got " + width);
    }
  }

  /** One number for each token, {@code [frames][tokensPerFrame]}. */
  public static Signal perToken(float... values) {
    return new Signal(Per.TOKEN, 1, values);
  }

  /**
   * Checks that it is of a video's tokens, and finite.
   *
   * @param name for messages
   */
  void require(String name, TokenShape shape) {
    int rows = per.rows(shape);
    if (values.length != (long) rows * width) {
      throw new IllegalArgumentException(
          "signal '%s' must hold %d numbers for each of %d %ss; got %d in all"
              .formatted(name, width, rows, per.word(), values.length));
    }
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        int row = i / width;
        throw new IllegalArgumentException(
            "signal '%s' must be finite; %s holds %s"
                .formatted(
                    name, per == Per.TOKEN ? shape.describe(row) : "frame " + row, values[i]));
      }
    }
  }
}
