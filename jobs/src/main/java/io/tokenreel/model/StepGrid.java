package io.tokenreel.model;

import io.tokenreel.video.FrameSize;

/**
 * How the frames of a step become a grid of tokens. A step is what a tower encodes by itself: a
 * frame, or the frames of a temporal patch.
 */
public sealed interface StepGrid {

  /** Frames of a step; a video's last step repeats its last frame where frames are missing. */
  int framesPerStep();

  /**
   * The grid of one step.
   *
   * @param frames the size of its frames
   * @throws IllegalArgumentException for a size that the tower does not take
   */
  Size of(FrameSize frames);

  /** What a token is of, for a person. */
  String describe();

  /** Steps of a video of so many frames. */
  default int steps(int frames) {
    return (frames + framesPerStep() - 1) / framesPerStep();
  }

  /** Rows and columns of a grid. */
  record Size(int rows, int columns) {

    /** Tokens of a step. */
    public int tokens() {
      return rows * columns;
    }
  }

  /**
   * A step is a frame, frames have one size, and grids have one size.
   *
   * @param frames the size of every frame
   * @param grid the size of every grid, after pooling
   */
  record Fixed(FrameSize frames, Size grid) implements StepGrid {

    public Fixed {
      if (grid.rows() < 1 || grid.columns() < 1) {
        throw new IllegalArgumentException(
            "a grid must have rows and columns; got %d x %d"
                .formatted(grid.rows(), grid.columns()));
      }
    }

    @Override
    public int framesPerStep() {
      return 1;
    }

    @Override
    public String describe() {
      return "%d tokens a frame".formatted(grid.tokens());
    }

    @Override
    public Size of(FrameSize size) {
      if (!size.equals(frames)) {
        throw new IllegalArgumentException(
            "wants frames of %d x %d pixels; got %d x %d"
                .formatted(frames.height(), frames.width(), size.height(), size.width()));
      }
      return grid;
    }
  }

  /**
   * A token covers a square of pixels, so the grid follows the frames' size.
   *
   * @param framesPerStep frames of a temporal patch
   * @param pixels height and width of a token's square
   */
  record Cells(int framesPerStep, int pixels) implements StepGrid {

    @Override
    public String describe() {
      return "a token for %d x %d pixels of %d frames".formatted(pixels, pixels, framesPerStep);
    }

    public Cells {
      if (framesPerStep < 1 || pixels < 1) {
        throw new IllegalArgumentException(
            "a token must cover frames and pixels; got %d and %d".formatted(framesPerStep, pixels));
      }
    }

    @Override
    public Size of(FrameSize size) {
      if (size.height() % pixels != 0 || size.width() % pixels != 0) {
        throw new IllegalArgumentException(
            "wants frames whose height and width are multiples of %d pixels; got %d x %d"
                .formatted(pixels, size.height(), size.width()));
      }
      return new Size(size.height() / pixels, size.width() / pixels);
    }
  }
}
