package io.tokenreel.kernel;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenCodec;
import io.tokenreel.token.TokenDtype;
import io.tokenreel.token.TokenShape;

/**
 * The tokens of a block that a method looks at, read in place a few rows at a time: all of them, or
 * all but the newline tokens that end the rows of LLaVA-Video's grid.
 *
 * <p>Holds no state but the block, so threads may share it; a batch belongs to one thread.
 */
public final class TokenRows {

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

  /** All tokens of a block, newline tokens too where it has them. */
  public static TokenRows all(Kernels kernels, TokenBlock block) {
    int perFrame = block.shape().tokensPerFrame();
    return new TokenRows(kernels, block, perFrame, perFrame, 0);
  }

  /**
   * The tokens of a block but for the last one of every grid row. As nobody reads those later, they
   * are checked here.
   *
   * @throws IllegalArgumentException when the block has no newline tokens, or naming the first of
   *     them that holds a NaN or an infinity
   */
  public static TokenRows withoutNewlines(Kernels kernels, TokenBlock block) {
    TokenShape shape = block.shape();
    int plain = shape.gridHeight() * shape.gridWidth();
    if (!shape.hasNewlines()) {
      throw new IllegalArgumentException(
          "a grid with newline tokens must have grid_height * (grid_width + 1) = %d tokens per frame; got %d"
              .formatted(plain + shape.gridHeight(), shape.tokensPerFrame()));
    }
    TokenRows rows = new TokenRows(kernels, block, plain, shape.gridWidth(), 1);
    int columns = shape.gridWidth() + 1;
    for (int newline = shape.gridWidth(); newline < shape.tokens(); newline += columns) {
      rows.requireFinite(newline);
    }
    return rows;
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

  /** D rounded up to whole {@link Stripes}: the width of a batch, and of vectors beside it. */
  public int width() {
    return (dim() + Stripes.COUNT - 1) / Stripes.COUNT * Stripes.COUNT;
  }

  /** Room for {@link RowBatch#ROWS} rows; without rows until {@link #read}. */
  public RowBatch newBatch() {
    boolean inPlace = block.dtype() == TokenDtype.F32 && dim() == width();
    return inPlace ? RowBatch.inPlace(width(), block.data()) : RowBatch.ofCopies(width());
  }

  /** The block's flat index of a frame's token {@code m}, newline tokens not counted in m. */
  public int flat(int frame, int m) {
    return frame * block.shape().tokensPerFrame() + m + m / columns * newlines;
  }

  /**
   * Points a batch at the tokens of a frame from {@code m} on: {@link RowBatch#ROWS} of them, or as
   * many as are left.
   */
  public void read(int frame, int m, RowBatch batch) {
    batch.count = Math.min(RowBatch.ROWS, tokensPerFrame - m);
    boolean inPlace = batch.data == block.data();
    int[] from = inPlace ? batch.offsets : new int[batch.count];
    for (int r = 0; r < batch.count; r++) {
      from[r] = offset(flat(frame, m + r));
    }
    if (!inPlace) {
      kernels.widen(block.dtype(), block.data(), from, dim(), batch);
    }
  }

  /**
   * As {@link #read}, and checks the tokens.
   *
   * @throws IllegalArgumentException naming the first token that holds a NaN or an infinity
   */
  public void readChecked(int frame, int m, RowBatch batch) {
    requireFinite(frame, m, Math.min(RowBatch.ROWS, tokensPerFrame - m));
    read(frame, m, batch);
  }

  private void requireFinite(int frame, int m, int count) {
    for (int r = 0; r < count; r++) {
      requireFinite(flat(frame, m + r));
    }
  }

  private void requireFinite(int flat) {
    int offset = offset(flat);
    int channel = kernels.firstNonFinite(block.dtype(), block.data(), offset, dim());
    if (channel >= 0) {
      float[] value = new float[1];
      int at = offset + channel * block.dtype().bytes();
      TokenCodec.decode(block.data(), at, block.dtype(), value, 0, 1);
      int perFrame = block.shape().tokensPerFrame();
      throw new IllegalArgumentException(
          "tokens must be finite; token (frame %d, token %d) holds %s in channel %d: look at what encoded this video"
              .formatted(flat / perFrame, flat % perFrame, value[0], channel));
    }
  }

  /**
   * Checks every token that is read.
   *
   * @throws IllegalArgumentException naming the first token that holds a NaN or an infinity
   */
  public void requireFinite() {
    for (int t = 0; t < frames(); t++) {
      requireFinite(t, 0, tokensPerFrame);
    }
  }

  private int offset(int flat) {
    return flat * dim() * block.dtype().bytes();
  }
}
