package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.av_make_q;
import static org.bytedeco.ffmpeg.global.avutil.av_rescale_q;

import io.tokenreel.video.FrameTimes;
import io.tokenreel.video.Reason;
import org.bytedeco.ffmpeg.avutil.AVRational;

/**
 * When the frames of a stream are presented, in microseconds from its first frame. A stream without
 * times, such as raw H.264, has them from its frame rate.
 */
final class Timeline {

  private static final int MICROS_PER_SECOND = 1_000_000;

  private final PacketIndex index;
  private final int[] presentation; // [frame], packets in presentation order
  private final long firstPts;
  private final int baseNumerator;
  private final int baseDenominator;
  private final int rateNumerator;
  private final int rateDenominator;
  private final double averageRate;

  /**
   * @throws DecodeFailure if no packet gives a frame
   */
  Timeline(PacketIndex index, VideoSource source) throws DecodeFailure {
    this.index = index;
    this.presentation = index.presentation();
    if (presentation.length == 0) {
      throw new DecodeFailure(
          Reason.NO_FRAMES, "the video stream has no packet that gives a frame");
    }
    this.firstPts = index.pts(presentation[0]);
    this.baseNumerator = source.stream().time_base().num();
    this.baseDenominator = source.stream().time_base().den();
    AVRational rate = source.frameRate();
    if (!index.timed() && (rate.num() <= 0 || rate.den() <= 0)) {
      throw new DecodeFailure(
          Reason.NO_FRAMES, "the video stream has neither presentation times nor a frame rate");
    }
    this.rateNumerator = rate.num();
    this.rateDenominator = rate.den();
    this.averageRate =
        AverageRate.of(
            source.stream().avg_frame_rate(),
            source.stream().r_frame_rate(),
            presentation.length,
            durationMicros());
  }

  PacketIndex index() {
    return index;
  }

  /** The shown packets in presentation order. */
  int[] presentation() {
    return presentation;
  }

  /** From the first frame to the last. */
  long durationMicros() {
    int last = presentation.length - 1;
    try (Clock clock = new Clock()) {
      return clock.micros(presentation[last], last);
    }
  }

  /**
   * The times of frames.
   *
   * @param packets {@code [frames]}, that they came from, in presentation order
   */
  FrameTimes times(int[] packets) {
    long[] micros = new long[packets.length];
    boolean[] key = new boolean[packets.length];
    try (Clock clock = new Clock()) {
      for (int i = 0; i < packets.length; i++) {
        micros[i] = clock.micros(packets[i], i);
        key[i] = index.isKey(packets[i]);
      }
    }
    return new FrameTimes(micros, key, averageRate);
  }

  /** From the stream's time base, or its frame rate, to microseconds; for many frames at once. */
  private final class Clock implements AutoCloseable {

    private final AVRational micros = av_make_q(1, MICROS_PER_SECOND);
    private final AVRational unit =
        index.timed()
            ? av_make_q(baseNumerator, baseDenominator)
            : av_make_q(rateDenominator, rateNumerator);

    /**
     * @param packet that the frame came from
     * @param place of the frame in presentation order
     */
    long micros(int packet, int place) {
      return av_rescale_q(index.timed() ? index.pts(packet) - firstPts : place, unit, micros);
    }

    @Override
    public void close() {
      micros.close();
      unit.close();
    }
  }
}
