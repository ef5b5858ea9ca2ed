package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_BE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_BITSTREAM;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_FLOAT;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_HWACCEL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV411P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P14;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV422P16;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P14;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P16;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVA420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.Set;
import org.bytedeco.ffmpeg.avutil.AVComponentDescriptor;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;

/**
 * Gives a picture that has fewer rows of chroma than of luma, such as 4:2:0 of 10 bits, a row of
 * chroma for each row of luma, as FFmpeg's converter did up to version 7.1: the nearer row, or,
 * where the row below the nearest place is at least as near, the mean of both ({@code yuv2rgb_1} in
 * libswscale/output.c). Version 8 interpolates instead. PyAV, torchcodec and decord have the older
 * one, so its pixels are those that models were trained on. Only 4:2:0 of 8 bits with an even
 * number of rows has a converter of its own, which is the same in all versions.
 *
 * <p>The picture comes in bands of at most {@value #BAND} rows, so that no second one is in memory.
 * Samples get more bits where the mean of two needs them; the shift is exact.
 */
final class ChromaRows implements AutoCloseable {

  /** Rows of a band; a multiple of what one row of chroma serves. */
  static final int BAND = 16;

  private static final Set<Integer> CONVERTED_DIRECTLY =
      Set.of(AV_PIX_FMT_YUV420P, AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVA420P);

  private static final int PLANES = 3;

  /** One row, as steps between rows are counted. */
  private static final long ONE = 1 << 16;

  /** A halved column and a mean of two rows. */
  private static final int HALVING_BITS = 4;

  private static final int WEIGHTS = 1 << 12;
  private static final double NO_WEIGHT = 0.002;

  /** With fewer rows of chroma each row of luma takes the nearest alone. */
  private static final int FEWEST_FOR_TWO = 4;

  /** Takes a band, which is valid during the call. */
  @FunctionalInterface
  interface Bands {
    void accept(AVFrame band, int firstRow, int rows);
  }

  private final AVFrame band;
  private final int width;
  private final int height;
  private final int depth; // bits of a sample that comes
  private final int bits; // of a sample in a band
  private final int columnShift; // log2 of the columns that one column of chroma serves
  private final boolean halved; // whether two columns of chroma become one
  private final int rowShift; // log2 of the rows that one row of chroma serves
  private final ByteOrder order;
  private final AVComponentDescriptor[] components = new AVComponentDescriptor[PLANES];
  private final int[] rows; // [row of luma], the row of chroma that it takes
  private final BitSet means = new BitSet(); // [row of luma], whether it takes the next one as well
  private final byte[] raw;
  private final short[] upper;
  private final short[] lower;
  private final int[] sums; // of two samples of chroma

  /**
   * @param format one that {@link #isNeeded} names
   */
  ChromaRows(int width, int height, int format) throws DecodeFailure {
    AVPixFmtDescriptor description = av_pix_fmt_desc_get(format);
    this.width = width;
    this.height = height;
    this.columnShift = description.log2_chroma_w();
    this.rowShift = description.log2_chroma_h();
    this.depth = description.comp(0).depth();
    // As FFmpeg does for every format but 4:4:4, unless the width is odd.
    this.halved = columnShift == 0 && width % 2 == 0;
    this.bits = bits(depth, columnShift, halved);
    this.order =
        (description.flags() & AV_PIX_FMT_FLAG_BE) != 0
            ? ByteOrder.BIG_ENDIAN
            : ByteOrder.LITTLE_ENDIAN;
    int widest = 0;
    for (int plane = 0; plane < PLANES; plane++) {
      components[plane] = description.comp(plane);
      widest = Math.max(widest, components[plane].step());
    }
    this.rows = new int[height];
    placeRows(ceilShift(height, rowShift));
    this.raw = new byte[width * widest];
    this.upper = new short[width];
    this.lower = new short[width];
    this.sums = new int[width];
    this.band = av_frame_alloc().width(width).height(BAND).format(target());
    Errors.check(av_frame_get_buffer(band, 0), "allocating a band of a picture");
  }

  /**
   * Chooses the rows of chroma as {@code initFilter} in libswscale/utils.c places them: the two
   * planes' heights are stretched onto one another, which matters where one is odd, and a weight
   * below {@value #NO_WEIGHT} is none. The last row takes both of the last two.
   *
   * @param chromaRows in the picture
   */
  private void placeRows(int chromaRows) {
    long step = ((long) chromaRows * ONE + height / 2) / height;
    for (int y = 0; y < height; y++) {
      long twice = step - ONE + 2 * step * y; // the place among the rows of chroma, in half parts
      int row = (int) Math.floorDiv(twice, 2 * ONE);
      double below = (double) twice / (2 * ONE) - row;
      if (chromaRows < FEWEST_FOR_TWO) {
        rows[y] = Math.min(row + (below < 0.5 ? 0 : 1), chromaRows - 1);
        continue;
      }
      if (1 - below <= NO_WEIGHT) {
        row++;
        below = 0;
      }
      rows[y] = Math.max(0, Math.min(row, chromaRows - 2));
      means.set(
          y,
          row > chromaRows - 2 || (row >= 0 && Math.round((1 - below) * WEIGHTS) <= WEIGHTS / 2));
    }
  }

  /** Whether FFmpeg's converter would interpolate between the picture's rows of chroma. */
  static boolean isNeeded(int height, int format) {
    AVPixFmtDescriptor description = av_pix_fmt_desc_get(format);
    long other =
        AV_PIX_FMT_FLAG_RGB
            | AV_PIX_FMT_FLAG_BITSTREAM
            | AV_PIX_FMT_FLAG_FLOAT
            | AV_PIX_FMT_FLAG_HWACCEL;
    return description != null
        && (description.flags() & other) == 0
        && description.nb_components() >= PLANES
        && description.log2_chroma_h() > 0
        && !(CONVERTED_DIRECTLY.contains(format) && height % 2 == 0);
  }

  /** The format of the bands. */
  int target() {
    boolean all = columnShift == 0 && !halved;
    return switch (bits) {
      case 8 -> AV_PIX_FMT_YUV411P;
      case 12 -> all ? AV_PIX_FMT_YUV444P12 : AV_PIX_FMT_YUV422P12;
      case 14 -> all ? AV_PIX_FMT_YUV444P14 : AV_PIX_FMT_YUV422P14;
      default -> all ? AV_PIX_FMT_YUV444P16 : AV_PIX_FMT_YUV422P16;
    };
  }

  /** So many that means are exact, as far as FFmpeg has formats for it. */
  private static int bits(int depth, int columnShift, boolean halved) {
    if (columnShift > 1) {
      return 8;
    }
    int needed = depth + (halved ? HALVING_BITS : 1);
    return needed <= 12 ? 12 : needed <= 14 ? 14 : 16;
  }

  /** Passes on all rows, from the top. */
  void convert(AVFrame frame, Bands bands) {
    ByteBuffer[] from = new ByteBuffer[PLANES];
    ByteBuffer[] to = new ByteBuffer[PLANES];
    for (int plane = 0; plane < PLANES; plane++) {
      int source = components[plane].plane();
      long rows = source == 0 ? height : ceilShift(height, rowShift);
      from[plane] = bytes(frame, source, rows, order);
      to[plane] = bytes(band, plane, BAND, ByteOrder.nativeOrder());
    }
    for (int first = 0; first < height; first += BAND) {
      int rows = Math.min(BAND, height - first);
      for (int row = 0; row < rows; row++) {
        luma(from[0], frame.linesize(0), to[0], first + row, row);
        for (int plane = 1; plane < PLANES; plane++) {
          chroma(frame, from[plane], to[plane], plane, first + row, row);
        }
      }
      bands.accept(band, first, rows);
    }
  }

  private static ByteBuffer bytes(AVFrame frame, int plane, long rows, ByteOrder order) {
    return frame.data(plane).capacity(frame.linesize(plane) * rows).asByteBuffer().order(order);
  }

  private void luma(ByteBuffer from, int stride, ByteBuffer to, int y, int row) {
    read(from, y * stride, components[0], width, upper);
    int shift = bits - depth;
    for (int x = 0; x < width; x++) {
      upper[x] <<= shift;
    }
    write(to, row * band.linesize(0), upper, width);
  }

  private void chroma(AVFrame frame, ByteBuffer from, ByteBuffer to, int plane, int y, int row) {
    int columns = ceilShift(width, columnShift);
    int stride = frame.linesize(components[plane].plane());
    boolean mean = means.get(y);
    read(from, rows[y] * stride, components[plane], columns, upper);
    if (mean) {
      read(from, (rows[y] + 1) * stride, components[plane], columns, lower);
    }
    for (int x = 0; x < columns; x++) {
      int one = upper[x] & 0xffff;
      sums[x] = one + (mean ? lower[x] & 0xffff : one);
    }
    int more = bits - depth;
    int count = halved ? columns / 2 : columns;
    for (int x = 0; x < count; x++) {
      int sum = halved ? halved(x, columns) : sums[x];
      int gained = halved ? HALVING_BITS : 1;
      upper[x] = (short) (more >= gained ? sum << (more - gained) : (sum + 1) >> 1);
    }
    write(to, row * band.linesize(plane), upper, count);
  }

  /** Two columns of chroma as one, with half of each neighbour: eight times its value. */
  private int halved(int x, int columns) {
    int left = sums[Math.max(0, 2 * x - 1)];
    int right = sums[Math.min(columns - 1, 2 * x + 2)];
    return left + 3 * sums[2 * x] + 3 * sums[2 * x + 1] + right;
  }

  /** One row of samples. */
  private void read(
      ByteBuffer from, int at, AVComponentDescriptor component, int count, short[] samples) {
    int step = component.step();
    int offset = component.offset();
    int shift = component.shift();
    from.get(at, raw, 0, Math.min(count * step, from.limit() - at));
    for (int x = 0; x < count; x++) {
      int i = x * step + offset;
      int low = raw[i] & 0xff;
      if (depth > 8) {
        int next = raw[i + 1] & 0xff;
        low = order == ByteOrder.LITTLE_ENDIAN ? next << 8 | low : low << 8 | next;
      }
      samples[x] = (short) (low >> shift);
    }
  }

  private void write(ByteBuffer to, int at, short[] samples, int count) {
    if (bits > 8) {
      to.position(at);
      to.asShortBuffer().put(samples, 0, count);
      return;
    }
    for (int x = 0; x < count; x++) {
      to.put(at + x, (byte) samples[x]);
    }
  }

  private static int ceilShift(int value, int shift) {
    return -((-value) >> shift);
  }

  @Override
  public void close() {
    av_frame_free(band);
  }
}
