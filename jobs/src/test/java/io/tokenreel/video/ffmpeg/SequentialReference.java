package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import io.tokenreel.video.FixedFit;
import io.tokenreel.video.FrameSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Every frame of a video, as FFmpeg's API gives them when each packet is decoded in turn and
 * nothing is planned, numbered, skipped or sorted.
 */
final class SequentialReference {

  private SequentialReference() {}

  /** The frames in the decoder's output order, {@code [height][width][3]} each. */
  static List<byte[]> decode(Path file, FrameSize size) throws DecodeFailure {
    AVFormatContext format = avformat_alloc_context();
    avformat_open_input(format, file.toString(), null, (AVDictionary) null);
    avformat_find_stream_info(format, (PointerPointer<?>) null);
    int best = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
    AVStream stream = format.streams(best);
    AVCodec codec = avcodec_find_decoder(stream.codecpar().codec_id());
    AVCodecContext context = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(context, stream.codecpar());
    avcodec_open2(context, codec, (AVDictionary) null);
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    List<byte[]> frames = new ArrayList<>();
    try (RgbConverter converter = new RgbConverter(new FixedFit(size))) {
      while (av_read_frame(format, packet) >= 0) {
        if (packet.stream_index() == best) {
          avcodec_send_packet(context, packet);
          receive(context, frame, converter, frames);
        }
        av_packet_unref(packet);
      }
      avcodec_send_packet(context, null);
      receive(context, frame, converter, frames);
    } finally {
      av_packet_free(packet);
      av_frame_free(frame);
      avcodec_free_context(context);
      avformat_close_input(format);
    }
    return frames;
  }

  private static void receive(
      AVCodecContext context, AVFrame frame, RgbConverter converter, List<byte[]> frames)
      throws DecodeFailure {
    while (avcodec_receive_frame(context, frame) >= 0) {
      frames.add(converter.convert(frame));
    }
  }
}
