package io.tokenreel.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_MPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_SPC_BT709;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_ERROR;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_count;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
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
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Writes generated videos, for the demo, the benches and the tests: BT.709 in video range, 4:2:0.
 * The container follows from the file's name.
 */
public final class VideoWriter implements AutoCloseable {

  private static final int CHANNELS = 3;
  private static final int BITS_PER_PIXEL_SECOND = 3;

  static {
    // openh264 warns of its own defaults with every file.
    av_log_set_level(AV_LOG_ERROR);
  }

  private final int width;
  private final int height;
  private final AVFormatContext format;
  private final AVCodecContext encoder;
  private final AVStream stream;
  private final AVFrame picture = av_frame_alloc();
  private final AVPacket packet = av_packet_alloc();
  private final SwsContext scaler;

  /**
   * Opens a file for frames of one size.
   *
   * @param codec an encoder's name, such as libopenh264
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
    this.width = size.width();
    this.height = size.height();
    this.format = new AVFormatContext(null);
    check(
        avformat_alloc_output_context2(format, (AVOutputFormat) null, null, file.toString()),
        "choosing a container");
    AVCodec found = avcodec_find_encoder_by_name(codec);
    if (found == null) {
      throw new IllegalArgumentException("this FFmpeg has no encoder " + codec);
    }
    this.encoder = avcodec_alloc_context3(found);
    encoder.width(width).height(height).pix_fmt(AV_PIX_FMT_YUV420P);
    encoder.time_base(av_make_q(1, framesPerSecond));
    encoder.framerate(av_make_q(framesPerSecond, 1));
    encoder.gop_size(keyframeInterval).thread_count(1);
    encoder.bit_rate((long) width * height * BITS_PER_PIXEL_SECOND);
    encoder.colorspace(AVCOL_SPC_BT709).color_range(AVCOL_RANGE_MPEG);
    encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
    AVDictionary own = new AVDictionary(null);
    options.forEach((key, value) -> av_dict_set(own, key, value, 0));
    check(avcodec_open2(encoder, found, own), "opening the encoder " + codec);
    this.stream = avformat_new_stream(format, null);
    check(avcodec_parameters_from_context(stream.codecpar(), encoder), "copying parameters");
    stream.time_base(encoder.time_base());
    openFile(file, own);
    requireUsed(own);
    picture.format(AV_PIX_FMT_YUV420P).width(width).height(height);
    check(av_frame_get_buffer(picture, 0), "allocating a picture");
    this.scaler = toVideoRange(width, height);
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
    // Otherwise openh264 drops frames to hold its bit rate.
    Map<String, String> options = Map.of("allow_skip_frames", "0", "rc_mode", "quality");
    FrameSize size = new FrameSize(height, width);
    try (VideoWriter writer =
        new VideoWriter(file, "libopenh264", size, framesPerSecond, keyframeInterval, options)) {
      byte[] rgb = new byte[size.rgbBytes()];
      for (int frame = 0; frame < frames; frame++) {
        painter.paint(frame, rgb);
        writer.add(rgb, frame);
      }
      writer.finish();
    }
  }

  /**
   * @param options what the encoder did not know
   */
  private void openFile(Path file, AVDictionary options) throws IOException {
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, file.toString(), AVIO_FLAG_WRITE), "opening " + file);
    format.pb(io);
    check(avformat_write_header(format, options), "writing the header");
  }

  private static void requireUsed(AVDictionary options) {
    int unknown = av_dict_count(options);
    av_dict_free(options);
    if (unknown > 0) {
      throw new IllegalArgumentException(
          unknown + " of the options are known neither to the encoder nor to the container");
    }
  }

  private static SwsContext toVideoRange(int width, int height) {
    SwsContext scaler =
        sws_getContext(
            width,
            height,
            AV_PIX_FMT_RGB24,
            width,
            height,
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
   * Adds a frame.
   *
   * @param rgb {@code [height][width][3]}
   * @param time in frames, ascending
   */
  public void add(byte[] rgb, long time) throws IOException {
    check(av_frame_make_writable(picture), "allocating a picture");
    try (BytePointer pixels = new BytePointer(rgb);
        PointerPointer<BytePointer> planes = new PointerPointer<>(pixels, null, null, null);
        IntPointer strides = new IntPointer(width * CHANNELS, 0, 0, 0)) {
      sws_scale(scaler, planes, strides, 0, height, picture.data(), picture.linesize());
    }
    picture.pts(time);
    encode(picture);
  }

  /** Ends the file; without it the file stays unreadable. */
  public void finish() throws IOException {
    encode(null);
    check(av_write_trailer(format), "writing the trailer");
  }

  private void encode(AVFrame frame) throws IOException {
    check(avcodec_send_frame(encoder, frame), "encoding");
    while (true) {
      int received = avcodec_receive_packet(encoder, packet);
      if (received == AVERROR_EAGAIN() || received == AVERROR_EOF()) {
        return;
      }
      check(received, "encoding");
      if (packet.duration() == 0) {
        packet.duration(1);
      }
      av_packet_rescale_ts(packet, encoder.time_base(), stream.time_base());
      packet.stream_index(stream.index());
      check(av_interleaved_write_frame(format, packet), "writing a packet");
    }
  }

  private static void check(int code, String doing) throws IOException {
    if (code < 0) {
      throw new IOException(doing + " failed with FFmpeg's error " + code);
    }
  }

  @Override
  public void close() {
    sws_freeContext(scaler);
    av_packet_free(packet);
    av_frame_free(picture);
    avcodec_free_context(encoder);
    avio_closep(format.pb());
    avformat_free_context(format);
  }
}
