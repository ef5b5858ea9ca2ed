package io.tokenreel.video;

import java.util.Arrays;

/**
 * Bicubic resize with antialiasing on 8-bit RGB, bit for bit as Pillow or torchvision does it: a
 * horizontal and a vertical pass, each rounded to 8 bits, with coefficients in fixed point; a pass
 * whose size does not change is left out, so that the source's own size copies the pixels.
 *
 * <p>Source: Pillow, {@code src/libImaging/Resample.c}; {@link Resampling}. Not thread-safe.
 */
public final class BicubicResizer {

  /** An image whose rows are read from top to bottom, each once. */
  @FunctionalInterface
  public interface Rows {

    /** Writes row {@code y}, {@code [width][3]} uint8, to {@code rgb}. */
    void read(int y, byte[] rgb);
  }

  private static final int CHANNELS = 3;

  private final FrameSize source;
  private final FrameSize target;
  private final ResizeAxis horizontal;
  private final ResizeAxis vertical;
  private final byte[] sourceRow; // [sourceWidth][3]
  private final byte[] narrowRow; // [targetWidth][3]
  private final byte[] narrow; // [sourceHeight][targetWidth][3]
  private final int[] sums; // [targetWidth][3]

  public BicubicResizer(FrameSize source, FrameSize target, Resampling resampling) {
    this.source = source;
    this.target = target;
    this.horizontal = ResizeAxis.bicubic(source.width(), target.width(), resampling);
    this.vertical = ResizeAxis.bicubic(source.height(), target.height(), resampling);
    this.sourceRow = new byte[source.width() * CHANNELS];
    this.narrowRow = new byte[target.width() * CHANNELS];
    this.narrow = new byte[Math.multiplyExact(source.height(), narrowRow.length)];
    this.sums = new int[narrowRow.length];
  }

  /** The size of the images to {@link #resize}. */
  public FrameSize source() {
    return source;
  }

  /**
   * @param rgb {@code [sourceHeight][sourceWidth][3]}
   * @return {@code [targetHeight][targetWidth][3]}
   */
  public byte[] resize(byte[] rgb) {
    return resize((y, row) -> System.arraycopy(rgb, y * row.length, row, 0, row.length));
  }

  /** As {@link #resize(byte[])}, for an image that does not lie in one array. */
  public byte[] resize(Rows image) {
    for (int y = 0; y < source.height(); y++) {
      image.read(y, sourceRow);
      byte[] row = sourceRow;
      if (source.width() != target.width()) {
        narrowRow();
        row = narrowRow;
      }
      System.arraycopy(row, 0, narrow, y * narrowRow.length, narrowRow.length);
    }
    if (source.height() == target.height()) {
      return narrow.clone();
    }
    byte[] resized = new byte[target.rgbBytes()];
    for (int y = 0; y < target.height(); y++) {
      blendRows(y, resized);
    }
    return resized;
  }

  private void narrowRow() {
    int bits = horizontal.precisionBits();
    int half = 1 << (bits - 1);
    for (int x = 0; x < target.width(); x++) {
      int[] weights = horizontal.weights(x);
      int at = horizontal.first(x) * CHANNELS;
      int red = half;
      int green = half;
      int blue = half;
      for (int weight : weights) {
        red += (sourceRow[at] & 0xff) * weight;
        green += (sourceRow[at + 1] & 0xff) * weight;
        blue += (sourceRow[at + 2] & 0xff) * weight;
        at += CHANNELS;
      }
      narrowRow[x * CHANNELS] = clip(red, bits);
      narrowRow[x * CHANNELS + 1] = clip(green, bits);
      narrowRow[x * CHANNELS + 2] = clip(blue, bits);
    }
  }

  private void blendRows(int y, byte[] resized) {
    int length = narrowRow.length;
    int bits = vertical.precisionBits();
    Arrays.fill(sums, 1 << (bits - 1));
    int at = vertical.first(y) * length;
    for (int weight : vertical.weights(y)) {
      for (int i = 0; i < length; i++) {
        sums[i] += (narrow[at + i] & 0xff) * weight;
      }
      at += length;
    }
    int out = y * length;
    for (int i = 0; i < length; i++) {
      resized[out + i] = clip(sums[i], bits);
    }
  }

  private static byte clip(int sum, int bits) {
    return (byte) Math.max(0, Math.min(255, sum >> bits));
  }
}
