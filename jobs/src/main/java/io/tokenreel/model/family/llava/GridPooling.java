package io.tokenreel.model.family.llava;

import java.util.Locale;

/** How the grid of a frame's tokens is made smaller, written as the matrix that it is. */
enum GridPooling {
  /** PyTorch's {@code interpolate} to half the size, rounded up: {@link BilinearPooling}. */
  BILINEAR {
    @Override
    int pooled(int grid) {
      return (grid + 1) / 2;
    }

    @Override
    float[] matrix(int grid) {
      return BilinearPooling.matrix(grid, pooled(grid));
    }
  },

  /** PyTorch's {@code avg_pool2d} of 2 x 2 cells, without an odd last row and column. */
  AVERAGE {
    @Override
    int pooled(int grid) {
      return grid / 2;
    }

    @Override
    float[] matrix(int grid) {
      int pooled = pooled(grid);
      float[] matrix = new float[pooled * pooled * grid * grid];
      for (int cell = 0; cell < pooled * pooled; cell++) {
        int corner = cell / pooled * 2 * grid + cell % pooled * 2;
        for (int source : new int[] {corner, corner + 1, corner + grid, corner + grid + 1}) {
          matrix[cell * grid * grid + source] = 0.25f;
        }
      }
      return matrix;
    }
  };

  /** Rows and columns of the smaller grid. */
  abstract int pooled(int grid);

  /**
   * The matrix from a grid's cells to the smaller grid's.
   *
   * @param grid rows and columns of the grid
   * @return {@code [pooled * pooled][grid * grid]}; every row sums to 1
   */
  abstract float[] matrix(int grid);

  /** The name that {@code mm_spatial_pool_mode} has. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
