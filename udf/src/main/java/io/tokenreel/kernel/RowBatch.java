package io.tokenreel.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A few rows of tokens as the kernels see them: float32, little-endian, with the byte at which each
 * row starts. Rows of f32 lie in the block's own bytes; narrower ones, and rows whose number of
 * channels is no multiple of {@link Stripes#COUNT}, are widened and padded with zeros here, a few
 * at a time.
 *
 * <p>A batch is scratch space of one thread; {@link TokenRows#read} points it at other rows. Its
 * arrays are for the kernels of this package, which only read them.
 */
public final class RowBatch {

  /** Most rows in a batch: few enough that wide ones stay in a second-level cache. */
  public static final int ROWS = 16;

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  final int width;

  /** The block's bytes, or the widened and padded copy. */
  final byte[] data;

  /** [ROWS], the byte at which each row starts. */
  final int[] offsets = new int[ROWS];

  int count;

  private RowBatch(int width, byte[] data) {
    this.width = width;
    this.data = data;
  }

  /** Rows of a block, where they lie. */
  static RowBatch inPlace(int width, byte[] block) {
    return new RowBatch(width, block);
  }

  /** Room for {@link #ROWS} rows that are copied here one after the other. */
  static RowBatch ofCopies(int width) {
    RowBatch batch = new RowBatch(width, new byte[ROWS * width * Float.BYTES]);
    for (int r = 0; r < ROWS; r++) {
      batch.offsets[r] = r * width * Float.BYTES;
    }
    return batch;
  }

  /** Rows that the batch points at now. */
  public int count() {
    return count;
  }

  /** Channels of a row, padding included; a multiple of {@link Stripes#COUNT}. */
  public int width() {
    return width;
  }

  /** Channel {@code i} of row {@code r}; 0 in the padding. */
  public float value(int r, int i) {
    return (float) FLOATS.get(data, offsets[r] + i * Float.BYTES);
  }
}
