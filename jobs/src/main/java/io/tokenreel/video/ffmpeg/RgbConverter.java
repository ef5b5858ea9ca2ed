package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_CL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT2020_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT470BG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_CHROMA_DERIVED_CL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_CHROMA_DERIVED_NCL;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_FCC;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_ICTCP;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_IPT_C2;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE170M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE2085;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_SMPTE240M;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_YCGCO;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_YCGCO_RE;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_YCGCO_RO;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_PAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP10;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GBRP12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P10;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV444P12;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ411P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ422P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ440P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ444P;
import static org.bytedeco.ffmpeg.global.avutil.av_color_space_name;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BILINEAR;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_BT2020;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_FCC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU601;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU709;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_SMPTE240M;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.tokenreel.video.DecoderSettings;
import io.tokenreel.video.FrameFit;
import io.tokenreel.video.FrameSize;
import io.tokenreel.video.Reason;
import io.tokenreel.video.RowResizer;
import io.tokenreel.video.SourceInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * From a decoded picture to RGB of the wanted size: the picture's own matrix and range, turned
 * upright by its display matrix, then resized once.
 *
 * <p>A picture whose matrix is not said is BT.709 from {@value #HIGH_DEFINITION} lines up and
 * BT.601 below, as players guess. A pixel aspect ratio needs no step of its own. Where the target's
 * shape is given, stretching the decoded pixels to it in one step gives the geometry that
 * stretching them to square pixels first would give, and loses less; where it follows the video's,
 * models' own loaders go by the decoded pixels too.
 *
 * <p>The full-size RGB picture lies outside the heap; the heap holds a few rows and the target.
 */
final class RgbConverter implements AutoCloseable {

  private static final int HIGH_DEFINITION = 720;
  private static final int CHANNELS = 3;
  private static final int ROW_ALIGNMENT = 64;

  /**
   * Pixels of the widest block that the converter writes at once. Where a row has no room for a
   * whole last block, it leaves that block's columns unwritten.
   */
  private static final int BLOCK = 64;

  /**
   * The conversion that PyAV, torchcodec and decord use, and so the pixels that models were trained
   * on: the four pixels of a 4:2:0 block share their chroma.
   */
  private static final int FLAGS = SWS_BILINEAR;

  /** Formats that are full range by their name. */
  private static final Set<Integer> FULL_RANGE_FORMATS =
      Set.of(
          AV_PIX_FMT_YUVJ411P,
          AV_PIX_FMT_YUVJ420P,
          AV_PIX_FMT_YUVJ422P,
          AV_PIX_FMT_YUVJ440P,
          AV_PIX_FMT_YUVJ444P);

  /** What a stream may say and swscale takes for another. */
  private static final Set<Integer> UNKNOWN_MATRICES =
      Set.of(
          AVCOL_SPC_YCGCO,
          AVCOL_SPC_YCGCO_RE,
          AVCOL_SPC_YCGCO_RO,
          AVCOL_SPC_SMPTE2085,
          AVCOL_SPC_CHROMA_DERIVED_NCL,
          AVCOL_SPC_CHROMA_DERIVED_CL,
          AVCOL_SPC_BT2020_CL,
          AVCOL_SPC_ICTCP,
          AVCOL_SPC_IPT_C2);

  /** Of formats with as much chroma as luma, the one whose planes are G, B and R. */
  private static final Map<Integer, Integer> RGB_FORMATS =
      Map.of(
          AV_PIX_FMT_YUV444P, AV_PIX_FMT_GBRP,
          AV_PIX_FMT_YUV444P10, AV_PIX_FMT_GBRP10,
          AV_PIX_FMT_YUV444P12, AV_PIX_FMT_GBRP12);

  /** What a conversion depends on; it changes only where a stream changes in mid-course. */
  private record Shape(int width, int height, int format, int matrix, boolean fullRange) {}

  private final FrameFit fit;
  private int frames; // of the plan
  private SourceInfo video; // that they are of
  private FrameSize target; // null before the first of them
  private Shape shape;
  private SwsContext scaler;
  private ChromaRows chroma; // null where the converter needs no help
  private BytePointer rgb;
  private int stride;
  private RowResizer resizer;

  RgbConverter(FrameFit fit) {
    this.fit = fit;
  }

  /** Begins to convert the frames of a choice, whose size the first of them decides. */
  void plan(Choice choice) {
    frames = choice.slots();
    video = choice.source();
    target = null;
  }

  /**
   * Converts a frame and hands it on; before the first of a plan, the plan.
   *
   * @param place of the frame among the plan's
   */
  void convert(AVFrame frame, Choice.Place place, FrameSink sink)
      throws IOException, DecodeFailure {
    boolean isFirst = target == null;
    byte[] picture = convert(frame);
    if (isFirst) {
      sink.plan(frames, target, video);
    }
    sink.frame(place, picture);
  }

  /**
   * @return {@code [height][width][3]} of the size that the fit gives the first frame
   */
  byte[] convert(AVFrame frame) throws DecodeFailure {
    nameRgb(frame);
    Shape next = shapeOf(frame);
    if (!next.equals(shape)) {
      prepare(next);
    }
    if (chroma == null) {
      scale(frame, 0, shape.height());
    } else {
      chroma.convert(frame, this::scale);
    }
    return resized(orientation(frame));
  }

  /**
   * Names planes that are G, B and R so, where a decoder (libdav1d) says it by the matrix alone.
   */
  private static void nameRgb(AVFrame frame) {
    Integer format = RGB_FORMATS.get(frame.format());
    if (format != null && frame.colorspace() == AVCOL_SPC_RGB) {
      frame.format(format);
    }
  }

  private void scale(AVFrame picture, int firstRow, int rows) {
    try (PointerPointer<BytePointer> planes = new PointerPointer<>(rgb, null, null, null);
        IntPointer strides = new IntPointer(stride, 0, 0, 0)) {
      int done =
          sws_scale(scaler, picture.data(), picture.linesize(), firstRow, rows, planes, strides);
      if (done != rows) {
        throw new IllegalStateException("expected " + rows + " converted rows; got " + done);
      }
    }
  }

  private byte[] resized(Orientation upright) throws DecodeFailure {
    FrameSize source =
        new FrameSize(
            upright.height(shape.width(), shape.height()),
            upright.width(shape.width(), shape.height()));
    if (target == null) {
      target = fitted(source);
      resizer = null;
    }
    if (resizer == null || !resizer.source().equals(source)) {
      resizer = new RowResizer(source, target, fit.resampling());
    }
    ByteBuffer pixels = rgb.asByteBuffer();
    return resizer.resize((y, row) -> readRow(pixels, upright, y, row));
  }

  private FrameSize fitted(FrameSize source) throws DecodeFailure {
    try {
      FrameSize size = fit.size(source, frames);
      DecoderSettings.requireRoom(frames, size);
      return size;
    } catch (IllegalArgumentException e) {
      throw new DecodeFailure(Reason.TOO_LARGE, e.getMessage());
    }
  }

  /** Row y of the upright picture. */
  private void readRow(ByteBuffer pixels, Orientation upright, int y, byte[] row) {
    int rows = upright.height(shape.width(), shape.height());
    int along = upright.mirroredY() ? rows - 1 - y : y;
    if (!upright.transposed() && !upright.mirroredX()) {
      pixels.get(along * stride, row);
      return;
    }
    int columns = row.length / CHANNELS;
    int step = upright.transposed() ? stride : CHANNELS;
    int at = upright.transposed() ? along * CHANNELS : along * stride;
    if (upright.mirroredX()) {
      at += (columns - 1) * step;
      step = -step;
    }
    for (int x = 0; x < row.length; x += CHANNELS) {
      row[x] = pixels.get(at);
      row[x + 1] = pixels.get(at + 1);
      row[x + 2] = pixels.get(at + 2);
      at += step;
    }
  }

  private static Orientation orientation(AVFrame frame) {
    AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
    return matrix == null
        ? Orientation.UPRIGHT
        : Orientation.of(matrix.data().capacity(matrix.size()).asByteBuffer());
  }

  private static Shape shapeOf(AVFrame frame) throws DecodeFailure {
    boolean full =
        frame.color_range() == AVCOL_RANGE_JPEG
            || FULL_RANGE_FORMATS.contains(frame.format())
            || (frame.color_range() == AVCOL_RANGE_UNSPECIFIED && isGray(frame.format()));
    return new Shape(frame.width(), frame.height(), frame.format(), matrix(frame), full);
  }

  /** Whether pictures of a format have chroma, which a matrix makes. */
  private static boolean hasMatrix(int format) {
    AVPixFmtDescriptor description = av_pix_fmt_desc_get(format);
    return description != null
        && description.nb_components() >= CHANNELS
        && (description.flags() & (AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_RGB)) == 0;
  }

  /** Pictures without chroma are full range unless they say otherwise. */
  private static boolean isGray(int format) {
    AVPixFmtDescriptor description = av_pix_fmt_desc_get(format);
    return description != null
        && description.nb_components() < CHANNELS
        && (description.flags() & AV_PIX_FMT_FLAG_PAL) == 0;
  }

  /**
   * @throws DecodeFailure if the picture says a matrix that the converter does not have
   */
  private static int matrix(AVFrame frame) throws DecodeFailure {
    int space = frame.colorspace();
    if (UNKNOWN_MATRICES.contains(space) && hasMatrix(frame.format())) {
      throw new DecodeFailure(
          Reason.DECODE_ERROR,
          "its pictures have the colour matrix '%s', which is not converted: convert it first, with a copy of FFmpeg that has zimg: ffmpeg -i FILE -vf zscale=matrix=709 -c:v libx264 -crf 16 -pix_fmt yuv420p FILE.mp4"
              .formatted(av_color_space_name(space).getString()));
    }
    if (space == AVCOL_SPC_BT709) {
      return SWS_CS_ITU709;
    }
    if (space == AVCOL_SPC_BT470BG || space == AVCOL_SPC_SMPTE170M) {
      return SWS_CS_ITU601;
    }
    if (space == AVCOL_SPC_BT2020_NCL) {
      return SWS_CS_BT2020;
    }
    if (space == AVCOL_SPC_SMPTE240M) {
      return SWS_CS_SMPTE240M;
    }
    if (space == AVCOL_SPC_FCC) {
      return SWS_CS_FCC;
    }
    boolean high = frame.height() >= HIGH_DEFINITION && space != AVCOL_SPC_RGB;
    return high ? SWS_CS_ITU709 : SWS_CS_ITU601;
  }

  private void prepare(Shape next) throws DecodeFailure {
    release();
    shape = next;
    int format = next.format();
    if (ChromaRows.isNeeded(next.height(), format)) {
      chroma = new ChromaRows(next.width(), next.height(), format);
      format = chroma.target();
    }
    scaler =
        sws_getContext(
            next.width(),
            next.height(),
            format,
            next.width(),
            next.height(),
            AV_PIX_FMT_RGB24,
            FLAGS,
            (SwsFilter) null,
            (SwsFilter) null,
            (DoublePointer) null);
    stride = (next.width() + BLOCK - 1) / BLOCK * BLOCK * CHANNELS; // and so aligned, too
    long bytes = (long) stride * next.height() + ROW_ALIGNMENT;
    rgb = new BytePointer(av_malloc(bytes));
    if (scaler == null || rgb.isNull()) {
      throw new DecodeFailure(
          Reason.DECODER_MEMORY,
          "no memory to convert a picture of %d x %d".formatted(next.width(), next.height()));
    }
    rgb.capacity(bytes);
    IntPointer source = sws_getCoefficients(next.matrix());
    IntPointer full = sws_getCoefficients(SWS_CS_ITU601);
    sws_setColorspaceDetails(
        scaler, source, next.fullRange() ? 1 : 0, full, 1, 0, 1 << 16, 1 << 16);
  }

  private void release() {
    if (scaler != null) {
      sws_freeContext(scaler);
      scaler = null;
    }
    if (chroma != null) {
      chroma.close();
      chroma = null;
    }
    if (rgb != null) {
      av_free(rgb);
      rgb = null;
    }
    shape = null;
  }

  @Override
  public void close() {
    release();
  }
}
