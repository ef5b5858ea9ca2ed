package io.tokenreel.video;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.B2I;
import static jdk.incubator.vector.VectorOperators.I2B;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * What {@link BicubicResizer} computes, level for level, in vectors: across, a lane is a row of the
 * image, so that as many rows as there are lanes share each weight; down, a lane is a level of a
 * row. Loaded only where the module of vectors is there. Not thread-safe.
 */
final class VectorResizer {

  private static final int CHANNELS = 3;
  private static final int UNSIGNED = 0xff;
  private static final int WIDEST_BITS = 512;

  /** Of bytes, the narrowest that there is. */
  private static final int NARROWEST_BITS = 64;

  private static final VectorSpecies<Integer> INTS =
      IntVector.SPECIES_PREFERRED.vectorBitSize() > WIDEST_BITS
          ? IntVector.SPECIES_512
          : IntVector.SPECIES_PREFERRED;

  private static final int LANES = INTS.length();

  private final FrameSize source;
  private final FrameSize target;
  private final ResizeAxis horizontal;
  private final ResizeAxis vertical;
  private final int rowBytes; // of the target
  private final byte[] row; // [sourceWidth][3]
  private final byte[] block; // [sourceWidth][3][LANES], some rows of the image side by side
  private final byte[] column = new byte[LANES]; // one level of each of these rows
  private final byte[] narrow; // [sourceHeight][targetWidth][3], and room for a last vector

  VectorResizer(FrameSize source, FrameSize target, Resampling resampling) {
    this.source = source;
    this.target = target;
    this.horizontal = ResizeAxis.bicubic(source.width(), target.width(), resampling);
    this.vertical = ResizeAxis.bicubic(source.height(), target.height(), resampling);
    this.rowBytes = target.width() * CHANNELS;
    this.row = new byte[source.width() * CHANNELS];
    this.block = new byte[Math.multiplyExact(row.length, LANES)];
    this.narrow = new byte[Math.addExact(Math.multiplyExact(source.height(), rowBytes), LANES)];
  }

  /** Whether this processor has registers wide enough. */
  static boolean isAvailable() {
    return LANES * Byte.SIZE >= NARROWEST_BITS;
  }

  /** As {@link BicubicResizer#resize(BicubicResizer.Rows)}. */
  byte[] resize(BicubicResizer.Rows image) {
    for (int y = 0; y < source.height(); y += LANES) {
      int rows = Math.min(LANES, source.height() - y);
      for (int lane = 0; lane < rows; lane++) {
        image.read(y + lane, row);
        if (source.width() == target.width()) {
          System.arraycopy(row, 0, narrow, (y + lane) * rowBytes, rowBytes);
        } else {
          spread(lane);
        }
      }
      if (source.width() != target.width()) {
        narrow(y, rows);
      }
    }
    byte[] resized = new byte[target.rgbBytes()];
    if (source.height() == target.height()) {
      System.arraycopy(narrow, 0, resized, 0, resized.length);
      return resized;
    }
    byte[] out = new byte[rowBytes + LANES];
    for (int y = 0; y < target.height(); y++) {
      blendRows(y, out);
      System.arraycopy(out, 0, resized, y * rowBytes, rowBytes);
    }
    return resized;
  }

  private void spread(int lane) {
    int at = lane;
    for (byte level : row) {
      block[at] = level;
      at += LANES;
    }
  }

  /** Makes rows of the block narrow. */
  private void narrow(int firstRow, int rows) {
    int bits = horizontal.precisionBits();
    IntVector half = IntVector.broadcast(INTS, 1 << (bits - 1));
    for (int x = 0; x < target.width(); x++) {
      IntVector red = half;
      IntVector green = half;
      IntVector blue = half;
      int at = horizontal.first(x) * CHANNELS * LANES;
      for (int weight : horizontal.weights(x)) {
        red = red.add(levels(block, at).mul(weight));
        green = green.add(levels(block, at + LANES).mul(weight));
        blue = blue.add(levels(block, at + 2 * LANES).mul(weight));
        at += CHANNELS * LANES;
      }
      int first = firstRow * rowBytes + x * CHANNELS;
      store(red, bits, first, rows);
      store(green, bits, first + 1, rows);
      store(blue, bits, first + 2, rows);
    }
  }

  private void store(IntVector sums, int bits, int first, int rows) {
    clip(sums, bits, column, 0);
    int at = first;
    for (int lane = 0; lane < rows; lane++) {
      narrow[at] = column[lane];
      at += rowBytes;
    }
  }

  /** Makes row y of the target; the last vector may go beyond it. */
  private void blendRows(int y, byte[] out) {
    int bits = vertical.precisionBits();
    int[] weights = vertical.weights(y);
    int first = vertical.first(y) * rowBytes;
    for (int i = 0; i < rowBytes; i += LANES) {
      IntVector sums = IntVector.broadcast(INTS, 1 << (bits - 1));
      int at = first + i;
      for (int weight : weights) {
        sums = sums.add(levels(narrow, at).mul(weight));
        at += rowBytes;
      }
      clip(sums, bits, out, i);
    }
  }

  private static IntVector levels(byte[] bytes, int at) {
    ByteVector levels = ByteVector.fromArray(Bytes.SPECIES, bytes, at);
    // Not ZERO_EXTEND_B2I, which JDK 17 refuses.
    return ((IntVector) levels.convertShape(B2I, INTS, 0)).and(UNSIGNED);
  }

  private static void clip(IntVector sums, int bits, byte[] out, int at) {
    IntVector levels = sums.lanewise(ASHR, bits).max(0).min(UNSIGNED);
    ((ByteVector) levels.convertShape(I2B, Bytes.SPECIES, 0)).intoArray(out, at);
  }

  /** Apart, because a species of as few bits as narrow registers would need cannot be had. */
  private static final class Bytes {

    static final VectorSpecies<Byte> SPECIES =
        VectorSpecies.of(byte.class, VectorShape.forBitSize(LANES * Byte.SIZE));
  }
}
