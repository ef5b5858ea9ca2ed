package io.tokenreel.token;

/**
 * The shape of a video's tokens: {@code [frames][tokensPerFrame][planes][dim]}, row-major, where
 * the tokens of a frame form a grid.
 *
 * @param frames T, at least 1: sampled frames, or a model's temporal patches of several
 * @param gridHeight rows of a frame's grid
 * @param gridWidth columns of a frame's grid
 * @param dim D, channels of a token, at least 1
 * @param planes at least 1: a token's own channels, by which methods score it, and those of so many
 *     levels less one that a language model adds to its layers (Qwen3-VL's deepstack)
 */
public record TokenShape(int frames, int gridHeight, int gridWidth, int dim, int planes) {

  public TokenShape {
    if (planes < 1 || planes > Integer.MAX_VALUE / Math.max(1, dim)) {
      throw new IllegalArgumentException(
          "planes must be at least 1, and planes * dim must fit an int; got %d and %d"
              .formatted(planes, dim));
    }
    if (frames < 1 || gridHeight < 1 || gridWidth < 1 || dim < 1) {
      throw new IllegalArgumentException(
          "frames, grid_height, grid_width and dim must all be at least 1; got %d, %d, %d, %d"
              .formatted(frames, gridHeight, gridWidth, dim));
    }
    if (gridWidth > Integer.MAX_VALUE / gridHeight / frames) {
      throw new IllegalArgumentException(
          "frames * grid_height * grid_width must fit an int; got %d * %d * %d"
              .formatted(frames, gridHeight, gridWidth));
    }
  }

  /** Tokens of one plane, {@code [frames][tokensPerFrame][dim]}. */
  public TokenShape(int frames, int gridHeight, int gridWidth, int dim) {
    this(frames, gridHeight, gridWidth, dim, 1);
  }

  /** Channels of a token's stored row, all of its planes. */
  public int rowDim() {
    return planes * dim;
  }

  /** M, the tokens of a frame. */
  public int tokensPerFrame() {
    return gridHeight * gridWidth;
  }

  /** N = T * M, the size of the grid that kept places point into. */
  public int tokens() {
    return frames * tokensPerFrame();
  }

  /** Whether these are places of the grid, each once, ascending. */
  public boolean holds(int[] places) {
    int last = -1;
    for (int place : places) {
      if (place <= last || place >= tokens()) {
        return false;
      }
      last = place;
    }
    return true;
  }

  /** A token as messages name it. */
  public String describe(int index) {
    return "token (frame %d, token %d)"
        .formatted(index / tokensPerFrame(), index % tokensPerFrame());
  }

  /** A channel of a token's stored row as messages name it; the plane only where there are more. */
  public String describeChannel(int channel) {
    return planes == 1
        ? "channel " + channel
        : "channel %d of plane %d".formatted(channel % dim, channel / dim);
  }

  /** Channels of the whole block, T * M * planes * D. */
  public long elements() {
    return (long) tokens() * rowDim();
  }
}
