package io.tokenreel.kernel;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenShape;

/**
 * The tokens of a block that a method looks at, read in place a few rows at a time: all of them, or
 * all but the newline tokens that end the rows of LLaVA-Video's grid.
 *
 * <p>Not thread-safe in use with a shared {@code out}; holds no state but the block.
 */
public final class TokenRows {

  /** How many rows callers read at a time: few enough that the wide ones stay in a core's cache. */
  public static final int TILE = 8;

  private final Kernels kernels;
  private final TokenBlock block;
  private final int tokensPerFrame;
  private final int columns;
  private final int newlines;

  private TokenRows(
      Kernels kernels, TokenBlock block, int tokensPerFrame, int columns, int newlines) {
    this.kernels = kernels;
    this.block = block;
    this.tokensPerFrame = tokensPerFrame;
    this.columns = columns;
    this.newlines = newlines;
  }

  /** All tokens of a block. */
  public static TokenRows all(Kernels kernels, TokenBlock block) {
    int perFrame = block.shape().tokensPerFrame();
    return new TokenRows(kernels, block, perFrame, perFrame, 0);
  }

  /**
   * The tokens of a block but for the last one of every grid row.
   *
   * @throws IllegalArgumentException when the block has no newline tokens
   */
  public static TokenRows withoutNewlines(Kernels kernels, TokenBlock block) {
    TokenShape shape = block.shape();
    int plain = shape.gridHeight() * shape.gridWidth();
    if (shape.tokensPerFrame() != plain + shape.gridHeight()) {
      throw new IllegalArgumentException(
          "a grid with newline tokens must have grid_height * (grid_width + 1) = %d tokens per frame; got %d"
              .formatted(plain + shape.gridHeight(), shape.tokensPerFrame()));
    }
    return new TokenRows(kernels, block, plain, shape.gridWidth(), 1);
  }

  public Kernels kernels() {
    return kernels;
  }

  public TokenBlock block() {
    return block;
  }

  /** T. */
  public int frames() {
    return block.shape().frames();
  }

  /** M, newline tokens not counted. */
  public int tokensPerFrame() {
    return tokensPerFrame;
  }

  /** D. */
  public int dim() {
    return block.shape().dim();
  }

  /** Floats from one row to the next in what {@link #read} fills. */
  public int width() {
    return Kernels.width(dim());
  }

  /** Room for {@link #TILE} rows. */
  public float[] newTile() {
    return new float[TILE * width()];
  }

  /** The block's flat index of a frame's token {@code m}, newline tokens not counted in m. */
  public int flat(int frame, int m) {
    return frame * block.shape().tokensPerFrame() + m + m / columns * newlines;
  }

  /**
   * Reads tokens {@code m} to {@code m + count - 1} of a frame.
   *
   * @param out [at least count][width]; the padding of a row is left as it is
   */
  public void read(int frame, int m, int count, float[] out) {
    for (int r = 0; r < count; r++) {
      kernels.widen(block.dtype(), block.data(), offset(frame, m + r), out, r * width(), dim());
    }
  }

  /**
   * Checks tokens {@code m} to {@code m + count - 1} of a frame.
   *
   * @throws IllegalArgumentException naming the first token that holds a NaN or an infinity
   */
  public void requireFinite(int frame, int m, int count) {
    for (int r = 0; r < count; r++) {
      int offset = offset(frame, m + r);
      int channel = kernels.firstNonFinite(block.dtype(), block.data(), offset, dim());
      if (channel >= 0) {
        float[] value = new float[1];
        int at = offset + channel * block.dtype().bytes();
        TokenCodec.decode(block.data(), at, block.dtype(), value, 0, 1);
        int place = flat(frame, m + r) - flat(frame, 0);
        throw new IllegalArgumentException(
            "tokens must be finite; token (frame %d, token %d) holds %s in channel %d: look at what encoded this video"
                .formatted(frame, place, value[0], channel));
      }
    }
  }

  /** Checks every token; see {@link #requireFinite(int, int, int)}. */
  public void requireFinite() {
    for (int t = 0; t < frames(); t++) {
      requireFinite(t, 0, tokensPerFrame);
    }
  }

  private int offset(int frame, int m) {
    return flat(frame, m) * dim() * block.dtype().bytes();
  }
}
