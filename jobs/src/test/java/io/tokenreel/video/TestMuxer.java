package io.tokenreel.video;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_AAC;
import static org.bytedeco.ffmpeg.global.avcodec.av_new_packet;
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
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_make_q;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.javacpp.PointerPointer;

/** Puts the packets of finished files into one file, under other headers and without encoding. */
final class TestMuxer {

  /**
   * The first stream of a file.
   *
   * @param disposition FFmpeg's flags
   * @param pixelWidth of a pixel one high
   * @param trimmed packets that an edit list hides, where the container has one
   */
  record Track(Path file, int disposition, int pixelWidth, int trimmed) {}

  private TestMuxer() {}

  static Path write(Path target, List<Track> tracks) throws IOException {
    AVFormatContext out = new AVFormatContext(null);
    check(
        avformat_alloc_output_context2(out, (AVOutputFormat) null, null, target.toString()),
        "choosing a container");
    out.avoid_negative_ts(0);
    AVFormatContext[] in = new AVFormatContext[tracks.size()];
    try {
      for (int i = 0; i < in.length; i++) {
        Track track = tracks.get(i);
        in[i] = avformat_alloc_context();
        check(
            avformat_open_input(in[i], track.file().toString(), null, (AVDictionary) null),
            "opening " + track.file());
        check(avformat_find_stream_info(in[i], (PointerPointer<?>) null), "reading");
        AVStream stream = avformat_new_stream(out, (AVCodec) null);
        check(avcodec_parameters_copy(stream.codecpar(), in[i].streams(0).codecpar()), "copying");
        stream.codecpar().codec_tag(0);
        stream.codecpar().sample_aspect_ratio(av_make_q(track.pixelWidth(), 1));
        stream.sample_aspect_ratio(av_make_q(track.pixelWidth(), 1));
        stream.time_base(in[i].streams(0).time_base());
        stream.disposition(track.disposition());
      }
      begin(out, target);
      for (int i = 0; i < in.length; i++) {
        copy(in[i], out, i, tracks.get(i).trimmed());
      }
      check(av_write_trailer(out), "writing the trailer");
    } finally {
      for (AVFormatContext opened : in) {
        avformat_close_input(opened);
      }
      avio_closep(out.pb());
      avformat_free_context(out);
    }
    return target;
  }

  /** A second of sound that nobody can hear, and no video. */
  static Path writeSound(Path target) throws IOException {
    AVFormatContext out = new AVFormatContext(null);
    check(
        avformat_alloc_output_context2(out, (AVOutputFormat) null, null, target.toString()),
        "choosing a container");
    AVPacket packet = av_packet_alloc();
    try {
      AVStream stream = avformat_new_stream(out, (AVCodec) null);
      stream.codecpar().codec_type(AVMEDIA_TYPE_AUDIO).codec_id(AV_CODEC_ID_AAC);
      stream.codecpar().sample_rate(48000).frame_size(1024);
      av_channel_layout_default(stream.codecpar().ch_layout(), 1);
      stream.time_base(av_make_q(1, 48000));
      begin(out, target);
      for (int i = 0; i < 47; i++) {
        check(av_new_packet(packet, 16), "allocating a packet");
        packet.data().capacity(16).put(new byte[16]);
        packet.pts(i * 1024L).dts(i * 1024L).duration(1024).stream_index(0);
        check(av_interleaved_write_frame(out, packet), "writing a packet");
      }
      check(av_write_trailer(out), "writing the trailer");
    } finally {
      av_packet_free(packet);
      avio_closep(out.pb());
      avformat_free_context(out);
    }
    return target;
  }

  private static void begin(AVFormatContext out, Path target) throws IOException {
    AVIOContext io = new AVIOContext(null);
    check(avio_open(io, target.toString(), AVIO_FLAG_WRITE), "opening " + target);
    out.pb(io);
    check(avformat_write_header(out, (PointerPointer<?>) null), "writing the header");
  }

  private static void copy(AVFormatContext in, AVFormatContext out, int index, int trimmed)
      throws IOException {
    AVPacket packet = av_packet_alloc();
    try {
      AVStream from = in.streams(0);
      AVStream to = out.streams(index);
      while (av_read_frame(in, packet) >= 0) {
        long shift = trimmed * packet.duration();
        packet.pts(packet.pts() - shift).dts(packet.dts() - shift).pos(-1).stream_index(index);
        av_packet_rescale_ts(packet, from.time_base(), to.time_base());
        check(av_interleaved_write_frame(out, packet), "writing a packet");
      }
    } finally {
      av_packet_free(packet);
    }
  }

  private static void check(int code, String doing) throws IOException {
    if (code < 0) {
      throw new IOException(doing + " failed with FFmpeg's error " + code);
    }
  }
}
