package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import io.tokenreel.video.DecodeRequest;
import io.tokenreel.video.DecodeVerdict;
import io.tokenreel.video.FrameTimes;
import io.tokenreel.video.Outcome;
import io.tokenreel.video.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * Decodes a video from the first packet to the last. The first pass delivers the frames that the
 * packet index promises; when other frames came than were promised, the sampler chooses again among
 * those that decoded cleanly, and a second pass delivers them.
 *
 * <p>A decoder may drop a frame without a word. That counts as damage wherever the packets are
 * known to promise it ({@link PacketIndex#mustShow}). And a frame that the container's times put
 * before one that the decoder gave earlier has a wrong time, or stands in a wrong place.
 */
final class FullDecode {

  /**
   * A frame that decoded cleanly.
   *
   * @param output its place among the decoder's frames
   */
  private record Decoded(int packet, int output) {}

  private final DecodeRequest request;
  private final Timeline timeline;
  private final FfmpegLog log;
  private final List<Decoded> clean = new ArrayList<>();
  private long errors;
  private long flagged;
  private long framesDecoded;
  private int lastPacket;
  private long misplaced;
  private long lastPts = Long.MIN_VALUE;

  FullDecode(DecodeRequest request, Timeline timeline, FfmpegLog log) {
    this.request = request;
    this.timeline = timeline;
    this.log = log;
  }

  /**
   * @param missing what the file lacks at its end, for a person
   * @throws DecodeFailure if no frame decodes cleanly
   */
  DecodeVerdict run(RgbConverter converter, FrameSink sink, Optional<String> missing)
      throws IOException, DecodeFailure {
    log.clear();
    int[] promised = timeline.presentation();
    firstPass(
        Choice.of(request.sampling().sampler(), timeline.times(promised), promised),
        converter,
        sink);
    String lastError = log.last();
    if (clean.isEmpty()) {
      throw new DecodeFailure(
          reasonForNothing(missing, lastError),
          "none of %d frames decodes; %s".formatted(promised.length, describe(missing, lastError)));
    }
    if (timeline.index().timed()) {
      clean.sort(Comparator.comparingLong(frame -> timeline.index().pts(frame.packet())));
    }
    int[] packets = clean.stream().mapToInt(Decoded::packet).toArray();
    if (!Arrays.equals(packets, promised)) {
      FrameTimes times = timeline.times(packets);
      int[] outputs = clean.stream().mapToInt(Decoded::output).toArray();
      secondPass(Choice.of(request.sampling().sampler(), times, outputs), converter, sink);
    }
    return verdict(promised, missing, lastError);
  }

  private Reason reasonForNothing(Optional<String> missing, String lastError) {
    if (missing.isPresent()) {
      return Reason.TRUNCATED;
    }
    if (FfmpegLog.pixels(lastError) > request.maxPixels()) {
      return Reason.TOO_LARGE; // the stream says another size than the container
    }
    return errors > 0 ? Reason.DECODE_ERROR : Reason.NO_FRAMES;
  }

  private DecodeVerdict verdict(int[] promised, Optional<String> missing, String lastError) {
    Set<Integer> came = clean.stream().map(Decoded::packet).collect(Collectors.toSet());
    int[] absent = Arrays.stream(promised).filter(packet -> !came.contains(packet)).toArray();
    boolean whole = Arrays.stream(absent).noneMatch(timeline.index()::mustShow);
    if (errors == 0 && missing.isEmpty() && whole) {
      return new DecodeVerdict(Outcome.OK, null, null, framesDecoded, 0);
    }
    return new DecodeVerdict(
        Outcome.DEGRADED,
        missing.isPresent() ? Reason.TRUNCATED : Reason.DECODE_ERROR,
        "%d of %d frames lost; %s"
            .formatted(absent.length, promised.length, describe(missing, lastError)),
        framesDecoded,
        errors);
  }

  private String describe(Optional<String> missing, String lastError) {
    return errors
        + (errors == 1 ? " error" : " errors")
        + (misplaced == 0 ? "" : ", %d of them frames out of order".formatted(misplaced))
        + missing.map(text -> "; " + text).orElse("")
        + (lastError.isEmpty() ? "" : "; the last: " + lastError);
  }

  private void firstPass(Choice choice, RgbConverter converter, FrameSink sink)
      throws IOException, DecodeFailure {
    converter.plan(choice);
    int[] output = new int[1];
    errors =
        decodeAll(
            (packet, isClean, frame) -> {
              checkOrder(packet);
              if (isHidden(packet)) {
                return;
              }
              int number = output[0]++;
              lastPacket = packet >= 0 ? packet : lastPacket;
              if (!isClean) {
                flagged++;
                return;
              }
              clean.add(new Decoded(lastPacket, number));
              Choice.Place place = choice.places().get(packet);
              if (place != null) {
                converter.convert(frame, place, sink);
              }
            });
    framesDecoded = output[0];
    errors = Math.max(errors, flagged) + misplaced;
  }

  private void secondPass(Choice choice, RgbConverter converter, FrameSink sink)
      throws IOException, DecodeFailure {
    converter.plan(choice);
    int[] output = new int[1];
    decodeAll(
        (packet, isClean, frame) -> {
          Choice.Place place = isHidden(packet) ? null : choice.places().get(output[0]++);
          if (place != null) {
            converter.convert(frame, place, sink);
          }
        });
  }

  private boolean isHidden(int packet) {
    return packet >= 0 && timeline.index().isHidden(packet);
  }

  /**
   * Counts frames that the container's times put before one that the decoder gave earlier; hidden
   * ones, whose times run back between two edits of a list, are none of them.
   */
  private void checkOrder(int packet) {
    if (packet >= 0 && timeline.index().timed() && !isHidden(packet)) {
      long pts = timeline.index().pts(packet);
      misplaced += pts < lastPts ? 1 : 0;
      lastPts = pts;
    }
  }

  /** Returns the number of errors. */
  private long decodeAll(PacketDecoder.Frames frames) throws IOException, DecodeFailure {
    AVPacket packet = av_packet_alloc();
    try (VideoSource source = VideoSource.open(request.file(), log);
        PacketDecoder decoder =
            new PacketDecoder(source.stream().codecpar(), request.maxPixels(), log)) {
      int number = 0;
      for (; source.next(packet); number++) {
        decoder.decode(packet, number, frames);
        av_packet_unref(packet);
      }
      decoder.drain(number, frames);
      return source.errors() + timeline.index().corrupt() + decoder.errors();
    } finally {
      av_packet_free(packet);
    }
  }
}
