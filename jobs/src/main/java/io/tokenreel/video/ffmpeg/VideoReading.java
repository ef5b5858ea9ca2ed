package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_THEORA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_PROP_REORDER;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_ENCRYPTION_INFO;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_NEW_EXTRADATA;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_PARAM_CHANGE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_get_side_data;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_descriptor_get;

import io.tokenreel.video.DecodeCheck;
import io.tokenreel.video.DecodeRequest;
import io.tokenreel.video.DecodeVerdict;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * Decodes the wanted frames of one file.
 *
 * <p>A first pass over the packets, without decoding, gives the number of frames and their times,
 * which no header and no seek table can misstate. The sampler chooses among them, and a second pass
 * decodes only what the chosen frames need ({@link SparseDecode}). Where that is not known to give
 * the frames of a full decode, or as soon as one error is met, everything is decoded ({@link
 * FullDecode}).
 */
final class VideoReading {

  private final DecodeRequest request;
  private final FfmpegLog log;
  private Optional<String> missing = Optional.empty(); // at the file's end, for a person

  VideoReading(DecodeRequest request, FfmpegLog log) {
    this.request = request;
    this.log = log;
  }

  DecodeVerdict decode(FrameSink sink) throws IOException {
    missing = FileExtent.missing(Path.of(request.file()));
    try (RgbConverter converter = new RgbConverter(request.fit())) {
      return decode(sink, converter);
    } catch (DecodeFailure e) {
      boolean cut =
          missing.isPresent()
              && (e.reason() == Reason.NOT_A_VIDEO || e.reason() == Reason.NO_FRAMES);
      return DecodeVerdict.failed(
          cut ? Reason.TRUNCATED : e.reason(),
          cut ? missing.get() + "; " + e.getMessage() : e.getMessage());
    }
  }

  private DecodeVerdict decode(FrameSink sink, RgbConverter converter)
      throws IOException, DecodeFailure {
    Timeline timeline;
    long errors;
    try (VideoSource source = VideoSource.openWithOthers(request.file(), log)) {
      requirePixels(source.stream().codecpar());
      PacketDecoder.requireAllowed(source.stream().codecpar());
      PacketIndex index = index(source);
      missing = missing.isPresent() ? missing : source.missingSamples();
      missing = missing.or(source::restElsewhere);
      timeline = new Timeline(index, source);
      errors = source.errors() + index.corrupt();
      requireDuration(timeline);
    }
    if (request.check() == DecodeCheck.SAMPLED
        && errors == 0
        && missing.isEmpty()
        && timeline.index().sparse()) {
      SparseDecode sparse = new SparseDecode(request, timeline, log);
      if (sparse.run(converter, sink)) {
        return new DecodeVerdict(Outcome.OK, null, null, sparse.framesDecoded(), 0);
      }
    }
    return new FullDecode(request, timeline, log).run(converter, sink, missing);
  }

  private static PacketIndex index(VideoSource source) throws IOException, DecodeFailure {
    PacketIndex index = new PacketIndex();
    AVCodecDescriptor codec = avcodec_descriptor_get(source.stream().codecpar().codec_id());
    boolean reorders = codec == null || (codec.props() & AV_CODEC_PROP_REORDER) != 0;
    PacketInspector inspector = PacketInspector.of(source.stream().codecpar());
    // Of Theora an empty packet says that the frame before is shown on; of others it is a lost one.
    PacketTraits empty =
        source.stream().codecpar().codec_id() == AV_CODEC_ID_THEORA
            ? PacketTraits.NO_FRAME
            : PacketTraits.NOT_UNDERSTOOD;
    AVPacket packet = av_packet_alloc();
    try (SizeTPointer size = new SizeTPointer(1)) {
      while (source.next(packet)) {
        index.add(
            packet,
            packet.size() == 0
                ? empty
                : inspector.inspect(packet.data().capacity(packet.size()).asByteBuffer()));
        if (av_packet_get_side_data(packet, AV_PKT_DATA_ENCRYPTION_INFO, size) != null) {
          throw new DecodeFailure(
              Reason.DECODE_ERROR,
              "its pictures are encrypted (Common Encryption), and no key is taken; decrypt the file first: ffmpeg -decryption_key KEY -i FILE -c copy FILE.mp4");
        }
        if (av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, size) != null
            || av_packet_get_side_data(packet, AV_PKT_DATA_PARAM_CHANGE, size) != null) {
          index.requireFullDecode();
        }
        av_packet_unref(packet);
      }
    } finally {
      av_packet_free(packet);
    }
    index.end(source.clockJump());
    if (!reorders && !index.ascends()) {
      index.requireFullDecode(); // which finds the frames with wrong times
    }
    if (reorders && index.repeatsTimes()) {
      index.leaveOrderToDecoder();
    }
    return index;
  }

  private void requirePixels(AVCodecParameters parameters) throws DecodeFailure {
    long pixels = (long) parameters.width() * parameters.height();
    if (pixels > request.maxPixels()) {
      throw new DecodeFailure(
          Reason.TOO_LARGE,
          "a frame of %d x %d pixels is over the limit of %d pixels, which no option raises"
              .formatted(parameters.width(), parameters.height(), request.maxPixels()));
    }
    PictureMemory.require(parameters, request.memoryMegabytes());
  }

  private void requireDuration(Timeline timeline) throws DecodeFailure {
    long micros = timeline.durationMicros();
    if (micros > request.maxVideoMicros()) {
      throw new DecodeFailure(
          Reason.TOO_LARGE,
          "the video lasts %.1f s, over the limit of %.1f s; raise it with --max-duration or maxDurationHours, in hours"
              .formatted(micros / 1e6, request.maxVideoMicros() / 1e6));
    }
  }
}
