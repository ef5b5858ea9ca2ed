package io.tokenreel.sql;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;

/** The numbers of a token block in one of the forms that SQL has for them. */
interface BlockValues {

  /**
   * The block that they make up.
   *
   * @param grid of a frame: rows and columns
   * @param format how they are stored from here on
   * @throws IllegalArgumentException when their number does not fit, or one is too large
   */
  TokenBlock block(int frames, Grid grid, TokenFormat format);

  /** Rows and columns of a frame's tokens. */
  record Grid(int height, int width) {

    long tokens(int frames) {
      return (long) frames * height * width;
    }

    /** The channels of each token when a block's tokens have so many in all. */
    private int dim(int frames, long channels, String unit) {
      long tokens = tokens(frames);
      if (channels == 0) {
        throw new IllegalArgumentException(
            "values must hold frames * grid_height * grid_width = %d tokens; got none"
                .formatted(tokens));
      }
      if (channels % tokens != 0) {
        throw new IllegalArgumentException(
            "values must hold frames * grid_height * grid_width = %d tokens of one number of channels; got %d %s, which %d does not divide"
                .formatted(tokens, channels, unit, tokens));
      }
      return Math.toIntExact(channels / tokens);
    }

    private TokenShape shape(int frames, int dim) {
      return new TokenShape(frames, height, width, dim);
    }
  }

  /**
   * One row of numbers, row-major.
   *
   * @param values [frames * height * width * dim]
   */
  record Flat(float[] values) implements BlockValues {
    @Override
    public TokenBlock block(int frames, Grid grid, TokenFormat format) {
      int dim = grid.dim(frames, values.length, "numbers");
      return TokenBlock.ofFloats(grid.shape(frames, dim), values).as(format);
    }
  }

  /**
   * A row of numbers per token.
   *
   * @param tokens [frames * tokens per frame][dim]
   */
  record Rows(float[][] tokens) implements BlockValues {
    @Override
    public TokenBlock block(int frames, Grid grid, TokenFormat format) {
      long expected = grid.tokens(frames);
      if (tokens.length != expected) {
        throw new IllegalArgumentException(
            "values must hold frames * grid_height * grid_width = %d tokens; got %d: a model's newline tokens are no part of a block, leave them out"
                .formatted(expected, tokens.length));
      }
      int dim = tokens[0].length;
      float[] values = new float[Math.multiplyExact(tokens.length, dim)];
      for (int i = 0; i < tokens.length; i++) {
        if (tokens[i].length != dim) {
          throw new IllegalArgumentException(
              "every token of values must have as many channels as the first, %d; token %d has %d"
                  .formatted(dim, i, tokens[i].length));
        }
        System.arraycopy(tokens[i], 0, values, i * dim, dim);
      }
      TokenShape shape = new TokenShape(frames, grid.height(), grid.width(), dim);
      return TokenBlock.ofFloats(shape, values).as(format);
    }
  }

  /**
   * The stored form itself, little-endian and row-major.
   *
   * @param data shared by the block
   */
  record Stored(byte[] data) implements BlockValues {
    @Override
    public TokenBlock block(int frames, Grid grid, TokenFormat format) {
      if (format.scaled()) {
        throw new IllegalArgumentException(
            "binary values of %s are without their scales; give numbers, or make the struct with named_struct and a field scales"
                .formatted(format.label()));
      }
      int width = format.bytes(1);
      if (data.length % width != 0) {
        throw new IllegalArgumentException(
            "values of %s must hold a multiple of %d bytes; got %d"
                .formatted(format.label(), width, data.length));
      }
      int dim = grid.dim(frames, data.length / width, "numbers of " + format.label());
      return new TokenBlock(grid.shape(frames, dim), format, data);
    }
  }
}
