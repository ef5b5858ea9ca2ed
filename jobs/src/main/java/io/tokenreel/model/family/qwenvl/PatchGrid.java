package io.tokenreel.model.family.qwenvl;

/**
 * The patches of a step, in the order of the reference's {@code pixel_values_videos}: token by
 * token row-major, and within a token its patches row-major.
 *
 * @param rows of patches, a multiple of {@code merge}
 * @param columns of patches, a multiple of {@code merge}
 * @param merge patches along a side of a token
 */
record PatchGrid(int rows, int columns, int merge) {

  PatchGrid {
    if (rows < 1 || columns < 1 || rows % merge != 0 || columns % merge != 0) {
      throw new IllegalArgumentException(
          "a step must have rows and columns in multiples of %d patches; got %d x %d"
              .formatted(merge, rows, columns));
    }
  }

  /**
   * The grid of a frame size.
   *
   * @throws IllegalArgumentException when a side is no multiple of a token's
   */
  static PatchGrid of(QwenVisionConfig config, long height, long width) {
    if (height < 1 || width < 1 || height % config.factor() != 0 || width % config.factor() != 0) {
      throw new IllegalArgumentException(
          "frames must have sides in multiples of %d pixels; got %d x %d"
              .formatted(config.factor(), height, width));
    }
    return new PatchGrid(
        Math.toIntExact(height / config.patch()),
        Math.toIntExact(width / config.patch()),
        config.merge());
  }

  int patches() {
    return rows * columns;
  }

  int tokenRows() {
    return rows / merge;
  }

  int tokenColumns() {
    return columns / merge;
  }

  int tokens() {
    return tokenRows() * tokenColumns();
  }

  /** Row of a patch. */
  int row(int patch) {
    int token = patch / (merge * merge);
    return token / tokenColumns() * merge + patch / merge % merge;
  }

  /** Column of a patch. */
  int column(int patch) {
    int token = patch / (merge * merge);
    return token % tokenColumns() * merge + patch % merge;
  }
}
