package io.tokenreel.bench;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;

import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Makes a long video of a short one by writing its packets again and again, without encoding, for
 * the benches.
 */
public final class VideoRepeater {

  private VideoRepeater() {}

  /**
   * @param source with one stream that begins with a keyframe, written by {@link VideoWriter}
   */
  public static void repeat(Path source, Path target, int times) throws IOException {
    AVFormatContext out = new AVFormatContext(null);
    check(
        avformat_alloc_output_context2(out, (AVOutputFormat) null, null, target.toString()),
        "choosing a container");
    try {
      AVStream stream = avformat_new_stream(out, null);
      long shift = 0;
      for (int time = 0; time < times; time++) {
        shift = append(source, out, stream, target, shift);
      }
      check(av_write_trailer(out), "writing the trailer");
    } finally {
      avio_closep(out.pb());
      avformat_free_context(out);
    }
  }

  /** Returns where the next copy begins, in the target's time base. */
  private static long append(
      Path source, AVFormatContext out, AVStream stream, Path target, long shift)
      throws IOException {
    AVFormatContext in = avformat_alloc_context();
    check(
        avformat_open_input(in, source.toString(), null, (AVDictionary) null), "opening " + source);
    AVPacket packet = av_packet_alloc();
    long end = shift;
    try {
      check(avformat_find_stream_info(in, (PointerPointer<?>) null), "reading " + source);
      if (out.pb() == null) {
        begin(in, out, stream, target);
      }
      while (av_read_frame(in, packet) >= 0) {
        av_packet_rescale_ts(packet, in.streams(0).time_base(), stream.time_base());
        packet.pts(packet.pts() + shift).dts(packet.dts() + shift).pos(-1);
        end = Math.max(end, packet.pts() + packet.duration());
        check(av_interleaved_write_frame(out, packet), "writing a packet");
      }
    } finally {
      av_packet_free(packet);
      avformat_close_input(in);
    }
    return end;
  }

  private static void begin(AVFormatContext in, AVFormatContext out, AVStream stream, Path target)
      throws IOException {
    check(avcodec_parameters_copy(stream.codecpar(), in.streams(0).codecpar()), "copying");
    stream.codecpar().codec_tag(0);
    stream.time_base(in.streams(0).time_base());
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, target.toString(), AVIO_FLAG_WRITE), "opening " + target);
    out.pb(io);
    check(avformat_write_header(out, (PointerPointer<?>) null), "writing the header");
  }

  private static void check(int code, String doing) throws IOException {
    if (code < 0) {
      throw new IOException(doing + " failed with FFmpeg's error " + code);
    }
  }
}
