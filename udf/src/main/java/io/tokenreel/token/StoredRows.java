package io.tokenreel.token;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Rows of channels as they are stored, little-endian and row-major, with the scales that their
 * format may have. Of tokens with several planes each plane is a row.
 *
 * <p>Both arrays are shared, and nobody may write to them.
 *
 * @param format of each channel
 * @param channels of a row, at least 1
 * @param data {@code [rows][channels]}
 * @param scales {@code [rows]} of float32 for a format with scales, else empty
 */
public record StoredRows(TokenFormat format, int channels, byte[] data, byte[] scales) {

  /** The scales of formats that have none. */
  public static final byte[] NO_SCALES = new byte[0];

  private static final VarHandle FLOATS =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * @throws IllegalArgumentException when the bytes are no whole rows, or the scales not as many
   */
  public StoredRows {
    Objects.requireNonNull(format, "format");
    if (channels < 1) {
      throw new IllegalArgumentException("dim must be at least 1; got " + channels);
    }
    long bytes = format.bytes((long) channels);
    if (data.length % bytes != 0) {
      throw new IllegalArgumentException(
          "data of %s tokens with %d channels must hold a multiple of %d bytes; got %d"
              .formatted(format.label(), channels, bytes, data.length));
    }
    long rows = data.length / bytes;
    if (scales.length != rows * format.scaleBytes()) {
      throw new IllegalArgumentException(
          "scales of %d %s rows must hold %d bytes, %s; got %d"
              .formatted(
                  rows,
                  format.label(),
                  rows * format.scaleBytes(),
                  format.scaled() ? "a float32 per row" : "for the format has none",
                  scales.length));
    }
  }

  /**
   * Rows of floats, each rounded to nearest even where the format is narrower.
   *
   * @param values {@code [rows][channels]}
   */
  public static StoredRows of(TokenFormat format, int channels, float[] values) {
    if (values.length % channels != 0) {
      throw new IllegalArgumentException(
          "values must be whole rows of %d channels; got %d numbers"
              .formatted(channels, values.length));
    }
    Writer rows = new Writer(format, channels, values.length / channels);
    for (int row = 0; row < values.length / channels; row++) {
      rows.encode(row, values, row * channels);
    }
    return rows.rows();
  }

  /** How many there are. */
  public int count() {
    return data.length / format.bytes(channels);
  }

  /** A row's scale; 1 in a format without scales. */
  public float scale(int row) {
    return format.scaled() ? (float) FLOATS.get(scales, row * Float.BYTES) : 1;
  }

  /** All channels {@code [rows][channels]}, by {@link #decode(int, float[], int)}. */
  public float[] decode() {
    float[] values = new float[Math.multiplyExact(count(), channels)];
    for (int row = 0; row < count(); row++) {
      decode(row, values, row * channels);
    }
    return values;
  }

  /**
   * Decodes a row into {@code out[outOffset]} on: exactly, or with scales to the float32 that is
   * nearest to code times scale.
   */
  public void decode(int row, float[] out, int outOffset) {
    format.decode(data, row * format.bytes(channels), scale(row), out, outOffset, channels);
  }

  /** Room for rows of one format, until {@link #rows()} hands them over. */
  public static final class Writer {

    /** Of an array, in every JVM. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    private final TokenFormat format;
    private final int channels;
    private final byte[] data;
    private final byte[] scales;

    /**
     * @throws IllegalArgumentException when the rows are more than an array holds
     */
    public Writer(TokenFormat format, int channels, int rows) {
      long bytes = rows * format.bytes((long) channels);
      if (bytes > MOST_BYTES) {
        throw new IllegalArgumentException(
            "%d rows of %d channels as %s take %d bytes, and an array holds %d at most: keep fewer tokens, or store them in a smaller format"
                .formatted(rows, channels, format.label(), bytes, MOST_BYTES));
      }
      this.format = format;
      this.channels = channels;
      this.data = new byte[(int) bytes];
      this.scales = new byte[Math.multiplyExact(rows, format.scaleBytes())];
    }

    /**
     * Stores the channels from {@code values[offset]} on as a row. Different rows may be stored by
     * different threads.
     */
    public void encode(int row, float[] values, int offset) {
      float scale = format.scale(values, offset, channels);
      if (format.scaled()) {
        FLOATS.set(scales, row * Float.BYTES, scale);
      }
      format.encode(values, offset, channels, scale, data, row * format.bytes(channels));
    }

    /**
     * Copies rows of the same format and width, codes and scales as they are.
     *
     * @param row where the first of them goes
     * @param from of which rows {@code first} to {@code first + count - 1} are copied
     */
    public void copy(int row, StoredRows from, int first, int count) {
      int bytes = format.bytes(channels);
      System.arraycopy(from.data, first * bytes, data, row * bytes, count * bytes);
      int scale = format.scaleBytes();
      System.arraycopy(from.scales, first * scale, scales, row * scale, count * scale);
    }

    /** The rows; this object is not used any more. */
    public StoredRows rows() {
      return new StoredRows(format, channels, data, scales);
    }
  }
}
