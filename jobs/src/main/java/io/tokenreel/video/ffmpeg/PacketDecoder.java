package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.avutil.AVFrame.AV_FRAME_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_HEVC;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_AGGRESSIVE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_CRCCHECK;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.FF_COMPLIANCE_STRICT;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_flush_buffers;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import io.tokenreel.video.Reason;
import io.tokenreel.video.VideoFormat;
import java.io.IOException;
import java.util.BitSet;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * One video decoder, single-threaded. Packets go in with their number in decode order in place of
 * their time, so each frame tells the packet that it came from, whatever the container's times are.
 */
final class PacketDecoder implements AutoCloseable {

  /** Takes the frames. */
  @FunctionalInterface
  interface Frames {

    /**
     * @param packet the packet that the frame came from, or -1 when the decoder does not say
     * @param clean false when the decoder flags the frame as damaged or made up, or did not write
     *     all of it
     * @param frame valid during the call
     */
    void accept(int packet, boolean clean, AVFrame frame) throws IOException, DecodeFailure;
  }

  private final FfmpegLog log;
  private final AVCodecContext context;
  private final AVFrame frame;
  private final MarkedPictures pictures; // null but for HEVC; FFmpeg holds only a native pointer
  private final BitSet damaged = new BitSet(); // [packet]
  private long errors;
  private long framesDecoded;

  PacketDecoder(AVCodecParameters parameters, long maxPixels, FfmpegLog log) throws DecodeFailure {
    this.log = log;
    AVCodec codec = requireAllowed(parameters);
    this.frame = av_frame_alloc();
    this.context = avcodec_alloc_context3(codec);
    this.pictures = parameters.codec_id() == AV_CODEC_ID_HEVC ? new MarkedPictures() : null;
    try {
      Errors.check(avcodec_parameters_to_context(context, parameters), "copying parameters");
      context.thread_count(1);
      context.max_pixels(maxPixels);
      if (pictures != null) {
        context.get_buffer2(pictures);
      }
      // Checksums that the stream itself carries, such as HEVC's hashes of pictures.
      context.err_recognition(AV_EF_CRCCHECK);
      if (parameters.codec_id() == AV_CODEC_ID_H264) {
        // A slice that leaves bits over was not understood. Other codecs may pad theirs.
        context.err_recognition(AV_EF_CRCCHECK | AV_EF_AGGRESSIVE);
        // Otherwise the decoder guesses how far frames are reordered and drops those that come
        // late.
        context.strict_std_compliance(FF_COMPLIANCE_STRICT);
      }
      AVDictionary options = new AVDictionary(null);
      av_dict_set(options, "codec_whitelist", AllowList.codecs(), 0);
      int opened = avcodec_open2(context, codec, options);
      av_dict_free(options);
      if (opened < 0) {
        throw new DecodeFailure(
            Errors.reason(opened, Reason.DECODE_ERROR),
            "the decoder %s did not open: %s"
                .formatted(codec.name().getString(), Errors.text(opened)));
      }
    } catch (DecodeFailure e) {
      close();
      throw e;
    }
  }

  /**
   * The decoder of a stream.
   *
   * @throws DecodeFailure if it is not on the allow-list
   */
  static AVCodec requireAllowed(AVCodecParameters parameters) throws DecodeFailure {
    AVCodec codec = avcodec_find_decoder(parameters.codec_id());
    if (codec == null || !AllowList.CODECS.contains(codec.name().getString())) {
      throw new DecodeFailure(
          Reason.CODEC_NOT_ALLOWED,
          "codec %s is not allowed; %s; allowed: %s"
              .formatted(
                  avcodec_get_name(parameters.codec_id()).getString(),
                  VideoFormat.conversion(),
                  String.join(",", VideoFormat.allDecoders())));
    }
    return codec;
  }

  /**
   * Decodes one packet, whose time it overwrites, and passes on the frames that are ready. One
   * without a byte gives none.
   */
  void decode(AVPacket packet, int number, Frames frames) throws IOException, DecodeFailure {
    if (packet.size() == 0) {
      return; // to a decoder it would be the end of the stream
    }
    packet.pts(number).dts(AV_NOPTS_VALUE);
    // Frames that an edit list hides must come too: their places among the others are looked at.
    packet.flags(packet.flags() & ~AV_PKT_FLAG_DISCARD);
    feed(packet, number, frames);
  }

  /** Passes on the frames that the decoder holds; {@link #restart} must follow. */
  void drain(int lastNumber, Frames frames) throws IOException, DecodeFailure {
    feed(null, lastNumber, frames);
  }

  /** Forgets all packets that came before. */
  void restart() {
    avcodec_flush_buffers(context);
  }

  private void feed(AVPacket packet, int number, Frames frames) throws IOException, DecodeFailure {
    long logged = log.errors();
    boolean refused = false;
    int sent = avcodec_send_packet(context, packet);
    if (sent < 0 && !(packet == null && sent == AVERROR_EOF())) {
      Errors.requireMemory(sent, "decoding");
      refused = true;
    }
    while (true) {
      int received = avcodec_receive_frame(context, frame);
      if (received == AVERROR_EAGAIN() || received == AVERROR_EOF()) {
        break;
      }
      if (received < 0) {
        Errors.requireMemory(received, "decoding");
        refused = true;
      } else {
        deliver(frames, log.errors() == logged);
      }
    }
    if (refused || log.errors() > logged) {
      damaged.set(number);
      errors++;
    }
  }

  /**
   * @param silent whether no error was logged on the way to the frame
   */
  private void deliver(Frames frames, boolean silent) throws IOException, DecodeFailure {
    framesDecoded++;
    long pts = frame.pts();
    int packet = pts < 0 || pts > Integer.MAX_VALUE ? -1 : (int) pts;
    boolean flagged =
        (frame.flags() & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags() != 0;
    if (pictures != null && !flagged && MarkedPictures.hasUnwritten(frame)) {
      flagged = true;
      if (silent) {
        log.remark("a part of a picture has no coded data");
      }
    }
    try {
      frames.accept(packet, !flagged, frame);
    } finally {
      av_frame_unref(frame);
    }
  }

  /** Packets at which the decoder returned or logged an error. */
  long errors() {
    return errors;
  }

  /** Whether it reported one at this packet. */
  boolean isDamaged(int packet) {
    return damaged.get(packet);
  }

  /** Frames that came out. */
  long framesDecoded() {
    return framesDecoded;
  }

  @Override
  public void close() {
    av_frame_free(frame);
    avcodec_free_context(context);
    if (pictures != null) {
      pictures.close();
    }
  }
}
