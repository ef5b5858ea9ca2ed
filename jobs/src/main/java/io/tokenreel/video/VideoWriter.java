package io.tokenreel.video;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_image_copy_to_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_image_get_buffer_size;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_CS_ITU709;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacv.FFmpegFrameRecorder;
import org.bytedeco.javacv.Frame;

/**
 * Writes generated videos by JavaCV's recorder, for the demo, the benches and the tests: BT.709 in
 * video range, 4:2:0. The container follows from the file's name.
 *
 * <p>The recorder would convert RGB with BT.601 alone. The luma of a green object is then so near
 * to that of the background that openh264 leaves specks of it where it was; so it is given pictures
 * that are converted already.
 */
public final class VideoWriter implements AutoCloseable {

  private static final int CHANNELS = 3;
  private static final int BITS_PER_PIXEL_SECOND = 3;

  /** Otherwise openh264 drops frames to keep its bit rate. */
  private static final Map<String, String> KEEP_FRAMES =
      Map.of("allow_skip_frames", "0", "rc_mode", "quality");

  static {
    // openh264 warns of its own defaults with every file.
    av_log_set_level(AV_LOG_ERROR);
  }

  private final FrameSize size;
  private final FFmpegFrameRecorder recorder;
  private final SwsContext scaler;
  private final AVFrame picture = av_frame_alloc(); // in rows as swscale writes them
  private final BytePointer planes; // without gaps, as the recorder reads them

  /**
   * Opens a file for frames of one size.
   *
   * @param codec an encoder's name, such as libopenh264
   * @param size of an even width
   * @param framesPerSecond also the unit of the frames' times
   * @param options the encoder's or the container's own, by name
   */
  public VideoWriter(
      Path file,
      String codec,
      FrameSize size,
      int framesPerSecond,
      int keyframeInterval,
      Map<String, String> options)
      throws IOException {
    this.size = size;
    this.recorder = new FFmpegFrameRecorder(file.toFile(), size.width(), size.height());
    recorder.setVideoCodecName(codec);
    recorder.setFrameRate(framesPerSecond);
    recorder.setGopSize(keyframeInterval);
    recorder.setVideoBitrate(size.width() * size.height() * BITS_PER_PIXEL_SECOND);
    recorder.setPixelFormat(AV_PIX_FMT_YUV420P);
    recorder.setVideoOption("colorspace", "bt709");
    recorder.setVideoOption("color_range", "tv");
    recorder.setVideoOption("threads", "1"); // the same bytes in every run
    options.forEach(recorder::setVideoOption);
    options.forEach(recorder::setOption);
    this.scaler = toVideoRange(size);
    picture.format(AV_PIX_FMT_YUV420P).width(size.width()).height(size.height());
    av_frame_get_buffer(picture, 0);
    this.planes =
        new BytePointer(
            av_image_get_buffer_size(AV_PIX_FMT_YUV420P, size.width(), size.height(), 1));
    recorder.start();
  }

  private static SwsContext toVideoRange(FrameSize size) {
    SwsContext scaler =
        sws_getContext(
            size.width(),
            size.height(),
            AV_PIX_FMT_RGB24,
            size.width(),
            size.height(),
            AV_PIX_FMT_YUV420P,
            SWS_BICUBIC | SWS_ACCURATE_RND,
            (SwsFilter) null,
            (SwsFilter) null,
            (DoublePointer) null);
    IntPointer matrix = sws_getCoefficients(SWS_CS_ITU709);
    sws_setColorspaceDetails(scaler, matrix, 1, matrix, 0, 0, 1 << 16, 1 << 16);
    return scaler;
  }

  /**
   * Writes a whole H.264 video.
   *
   * @param width even
   * @param height even
   * @param keyframeInterval frames from one keyframe to the next at most; the encoder adds
   *     keyframes where it sees a scene change
   */
  public static void write(
      Path file,
      int width,
      int height,
      int framesPerSecond,
      int keyframeInterval,
      int frames,
      FramePainter painter)
      throws IOException {
    if (width < 2 || height < 2 || width % 2 != 0 || height % 2 != 0) {
      throw new IllegalArgumentException(
          "a 4:2:0 video needs an even width and height; got %d x %d".formatted(width, height));
    }
    FrameSize size = new FrameSize(height, width);
    try (VideoWriter writer =
        new VideoWriter(
            file, "libopenh264", size, framesPerSecond, keyframeInterval, KEEP_FRAMES)) {
      byte[] rgb = new byte[size.rgbBytes()];
      for (int frame = 0; frame < frames; frame++) {
        painter.paint(frame, rgb);
        writer.add(rgb, frame);
      }
      writer.finish();
    }
  }

  /**
   * Adds a frame.
   *
   * @param rgb {@code [height][width][3]}
   * @param time in frames, ascending
   */
  public void add(byte[] rgb, int time) throws IOException {
    int width = size.width();
    int height = size.height();
    try (BytePointer pixels = new BytePointer(rgb);
        PointerPointer<BytePointer> rows = new PointerPointer<>(pixels, null, null, null);
        IntPointer strides = new IntPointer(width * CHANNELS, 0, 0, 0)) {
      sws_scale(scaler, rows, strides, 0, height, picture.data(), picture.linesize());
    }
    av_image_copy_to_buffer(
        planes,
        (int) planes.capacity(),
        picture.data(),
        picture.linesize(),
        AV_PIX_FMT_YUV420P,
        width,
        height,
        1);
    recorder.setFrameNumber(time);
    recorder.recordImage(
        width, height, Frame.DEPTH_UBYTE, 1, width, AV_PIX_FMT_YUV420P, planes.asByteBuffer());
  }

  /** Ends the file; without it the file stays unreadable. */
  public void finish() throws IOException {
    recorder.stop();
  }

  @Override
  public void close() throws IOException {
    recorder.release();
    sws_freeContext(scaler);
    av_frame_free(picture);
    planes.close();
  }
}
