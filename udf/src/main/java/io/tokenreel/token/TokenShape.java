package io.tokenreel.token;

/**
 * The shape of a video's tokens: {@code [frames][tokensPerFrame][dim]}, row-major, where the tokens
 * of a frame form a grid.
 *
 * @param frames T, at least 1
 * @param tokensPerFrame M, at least 1; {@code gridHeight * gridWidth}, or {@code gridHeight *
 *     (gridWidth + 1)} where every row of the grid ends in a newline token
 * @param gridHeight rows of a frame's grid
 * @param gridWidth columns of a frame's grid, newline tokens not counted
 * @param dim D, channels of a token, at least 1
 */
public record TokenShape(int frames, int tokensPerFrame, int gridHeight, int gridWidth, int dim) {

  public TokenShape {
    if (frames < 1 || tokensPerFrame < 1 || gridHeight < 1 || gridWidth < 1 || dim < 1) {
      throw new IllegalArgumentException(
          "frames, tokens_per_frame, grid_height, grid_width and dim must all be at least 1; got %d, %d, %d, %d, %d"
              .formatted(frames, tokensPerFrame, gridHeight, gridWidth, dim));
    }
    long plain = (long) gridHeight * gridWidth;
    if (tokensPerFrame != plain && tokensPerFrame != plain + gridHeight) {
      throw new IllegalArgumentException(
          "tokens_per_frame must be grid_height * grid_width = %d, or %d with a newline token after every row; got %d"
              .formatted(plain, plain + gridHeight, tokensPerFrame));
    }
    if ((long) frames * tokensPerFrame > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "frames * tokens_per_frame must fit an int; got %d * %d"
              .formatted(frames, tokensPerFrame));
    }
  }

  /** Whether every row of the grid ends in a newline token, as in LLaVA-Video's layout. */
  public boolean hasNewlines() {
    return tokensPerFrame != gridHeight * gridWidth;
  }

  /** N = T * M, the size of the grid that a selection's indices point into. */
  public int tokens() {
    return frames * tokensPerFrame;
  }

  /** Channels of the whole block, T * M * D. */
  public long elements() {
    return (long) tokens() * dim;
  }
}
