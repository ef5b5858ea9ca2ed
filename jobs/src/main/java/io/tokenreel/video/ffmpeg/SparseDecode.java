package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import io.tokenreel.video.DecodeRequest;
import java.io.IOException;
import java.util.BitSet;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Decodes only what the wanted frames need. Packets are read in order, never sought: reading is
 * cheap beside decoding, and a seek is only as good as the container's tables.
 */
final class SparseDecode {

  private final DecodeRequest request;
  private final Timeline timeline;
  private final FfmpegLog log;
  private final Choice choice;
  private final SparsePlan plan;
  private int delivered;
  private boolean exact = true;
  private long lastPts = Long.MIN_VALUE;
  private long framesDecoded;

  SparseDecode(DecodeRequest request, Timeline timeline, FfmpegLog log) throws DecodeFailure {
    this.request = request;
    this.timeline = timeline;
    this.log = log;
    int[] packets = timeline.presentation();
    this.choice = Choice.of(request.sampling().sampler(), timeline.times(packets), packets);
    BitSet wanted = new BitSet();
    choice.places().keySet().forEach(wanted::set);
    this.plan = new SparsePlan(timeline.index(), wanted);
  }

  /**
   * @return whether every wanted frame was delivered and no error was met
   */
  boolean run(RgbConverter converter, FrameSink sink) throws IOException, DecodeFailure {
    converter.plan(choice);
    PacketDecoder.Frames frames =
        (packet, clean, frame) -> accept(packet, clean, frame, converter, sink);
    AVPacket packet = av_packet_alloc();
    try (VideoSource source = VideoSource.open(request.file(), log);
        PacketDecoder decoder =
            new PacketDecoder(source.stream().codecpar(), request.maxPixels(), log)) {
      int last = plan.last();
      for (int number = 0; exact && number <= last; number++) {
        exact = source.next(packet) && source.errors() == 0;
        if (exact && plan.feeds(number)) {
          feed(decoder, packet, number, frames);
        }
        av_packet_unref(packet);
      }
      framesDecoded = decoder.framesDecoded();
    } finally {
      av_packet_free(packet);
    }
    return exact && delivered == choice.places().size();
  }

  private void feed(PacketDecoder decoder, AVPacket packet, int number, PacketDecoder.Frames frames)
      throws IOException, DecodeFailure {
    if (plan.startsAt(number)) {
      decoder.restart();
    }
    exact = packet.pts() == timeline.index().pts(number);
    decoder.decode(packet, number, frames);
    if (plan.endsAt(number)) {
      decoder.drain(number, frames);
    }
    exact &= plan.isLeading(number) || !decoder.isDamaged(number);
  }

  private void accept(
      int packet, boolean clean, AVFrame frame, RgbConverter converter, FrameSink sink)
      throws IOException, DecodeFailure {
    if (packet >= 0 && plan.isLeading(packet)) {
      return;
    }
    exact &= clean && packet >= 0 && isInOrder(packet);
    Choice.Place place = choice.places().get(packet);
    if (exact && place != null) {
      converter.convert(frame, place, sink);
      delivered++;
    }
  }

  /**
   * Whether the decoder gives it after those that the container's times put before it. Between two
   * edits of a list the times of hidden ones run back.
   */
  private boolean isInOrder(int packet) {
    if (timeline.index().isHidden(packet)) {
      return true;
    }
    boolean inOrder = timeline.index().pts(packet) >= lastPts;
    lastPts = timeline.index().pts(packet);
    return inOrder;
  }

  /** Frames that came out of the decoder. */
  long framesDecoded() {
    return framesDecoded;
  }
}
