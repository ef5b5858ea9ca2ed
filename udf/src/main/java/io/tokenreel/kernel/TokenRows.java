package io.tokenreel.kernel;

import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;

/**
 * The tokens of a block by their first plane, read in place a few rows at a time.
 *
 * <p>Holds no state but the block, so threads may share it; a batch belongs to one thread.
 */
public final class TokenRows {

  private final Kernels kernels;
  private final TokenBlock block;

  public TokenRows(Kernels kernels, TokenBlock block) {
    this.kernels = kernels;
    this.block = block;
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

  /** M. */
  public int tokensPerFrame() {
    return block.shape().tokensPerFrame();
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
    boolean inPlace = block.format() == TokenFormat.F32 && dim() == width();
    return inPlace ? RowBatch.inPlace(width(), block.data()) : RowBatch.ofCopies(width());
  }

  /** The block's flat index of a frame's token {@code m}. */
  public int flat(int frame, int m) {
    return frame * tokensPerFrame() + m;
  }

  /**
   * Points a batch at the tokens of a frame from {@code m} on: {@link RowBatch#ROWS} of them, or as
   * many as are left.
   */
  public void read(int frame, int m, RowBatch batch) {
    batch.count = Math.min(RowBatch.ROWS, tokensPerFrame() - m);
    if (batch.data == block.data()) {
      for (int r = 0; r < batch.count; r++) {
        batch.offsets[r] = offset(flat(frame, m + r));
      }
      return;
    }
    int[] from = new int[batch.count];
    for (int r = 0; r < batch.count; r++) {
      from[r] = firstPlane(flat(frame, m + r));
    }
    kernels.widen(block.rows(), from, batch);
  }

  /**
   * As {@link #read}, and checks the tokens in all of their planes.
   *
   * @throws IllegalArgumentException naming the first token that holds a NaN or an infinity
   */
  public void readChecked(int frame, int m, RowBatch batch) {
    requireFinite(frame, m, Math.min(RowBatch.ROWS, tokensPerFrame() - m), 0);
    read(frame, m, batch);
  }

  private void requireFinite(int frame, int m, int count, int fromPlane) {
    for (int r = 0; r < count; r++) {
      for (int plane = fromPlane; plane < block.shape().planes(); plane++) {
        requireFinite(flat(frame, m + r), plane);
      }
    }
  }

  private void requireFinite(int flat, int plane) {
    int row = firstPlane(flat) + plane;
    int offset = row * block.format().bytes(dim());
    boolean finite =
        block.format().staysFinite(block.rows().scale(row))
            && kernels.firstNonFinite(block.format(), block.data(), offset, dim()) < 0;
    if (!finite) {
      throw new IllegalArgumentException(
          "tokens must be finite; %s holds %s: look at what encoded this video"
              .formatted(block.shape().describe(flat), describeNonFinite(row, plane)));
    }
  }

  private String describeNonFinite(int row, int plane) {
    float[] values = new float[dim()];
    block.rows().decode(row, values, 0);
    for (int channel = 0; channel < values.length; channel++) {
      if (!Float.isFinite(values[channel])) {
        return "%s in %s"
            .formatted(values[channel], block.shape().describeChannel(plane * dim() + channel));
      }
    }
    return "codes of %s with the scale %s, which makes the largest code infinite"
        .formatted(block.format().label(), block.rows().scale(row));
  }

  /**
   * Checks every token in all of its planes.
   *
   * @throws IllegalArgumentException naming the first token that holds a NaN or an infinity, or a
   *     scale by which a code becomes one
   */
  public void requireFinite() {
    requireFinite(0);
  }

  /**
   * As {@link #requireFinite()}, once finite sums over the first planes have shown that these are
   * finite: looks at their scales, and at the later planes.
   */
  public void requireFiniteBesideSums() {
    for (int flat = 0; flat < block.shape().tokens(); flat++) {
      if (!block.format().staysFinite(block.rows().scale(firstPlane(flat)))) {
        requireFinite(flat, 0);
      }
    }
    requireFinite(1);
  }

  private void requireFinite(int fromPlane) {
    for (int t = 0; t < frames(); t++) {
      requireFinite(t, 0, tokensPerFrame(), fromPlane);
    }
  }

  private int offset(int flat) {
    return flat * block.format().bytes(block.shape().rowDim());
  }

  /** Which of the block's stored rows is a token's first plane. */
  private int firstPlane(int flat) {
    return flat * block.shape().planes();
  }
}
