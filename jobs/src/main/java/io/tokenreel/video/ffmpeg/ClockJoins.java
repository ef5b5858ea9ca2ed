package io.tokenreel.video.ffmpeg;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LongSummaryStatistics;

/**
 * Times that go on where a stream's clock starts again. Recordings that were joined, by cat or by a
 * recorder that lost its source, keep the clock of each part, so that sorting by time would mix the
 * parts. Decoders give them one after another, and so do these times: the first frame of a part
 * comes one frame after the last of the part before.
 *
 * <p>A part begins at a keyframe whose time is before that of an earlier packet, which no
 * reordering of frames brings about. Where the format says that its clock may jump, as transport
 * and program streams do, a part also begins where the clock jumps by more than ten seconds in
 * either direction, the limit at which FFmpeg's own tools take a new clock. Elsewhere a pause is a
 * pause.
 *
 * <p>One packet whose time alone is wrong begins no part: the times after it must stay where it put
 * them, and a time that lies ahead of all that come next is not taken for the clock's.
 */
final class ClockJoins {

  /** Packets that are looked at after one, more than frames are reordered by. */
  private static final int AHEAD = 16;

  private final long[] pts; // [packet]
  private final BitSet keys; // [packet]
  private final long jump;

  private final BitSet starts = new BitSet(); // [packet], the first ones of all parts but the first

  /**
   * @param pts {@code [packets]}, in decode order
   * @param keys {@code [packets]}, those at which decoding may begin
   * @param jump beyond which the clock is another, in the unit of the times; {@link Long#MAX_VALUE}
   *     for a clock that may not jump
   */
  ClockJoins(long[] pts, BitSet keys, long jump) {
    this.pts = pts;
    this.keys = keys;
    this.jump = jump;
    findStarts();
  }

  private void findStarts() {
    long latest = pts.length == 0 ? 0 : pts[0];
    for (int packet = 1; packet < pts.length; packet++) {
      LongSummaryStatistics next =
          Arrays.stream(pts, packet + 1, Math.min(pts.length, packet + 1 + AHEAD))
              .summaryStatistics();
      if (next.getCount() == 0) {
        return;
      }
      long time = pts[packet];
      boolean ahead = time > next.getMax() && next.getMax() > latest;
      if (startsAgain(packet, latest, next)) {
        starts.set(packet);
        latest = time;
      } else if (!ahead) {
        latest = Math.max(latest, time);
      }
    }
  }

  /**
   * @param latest time of the part so far
   * @param next the times of the packets after it
   */
  private boolean startsAgain(int packet, long latest, LongSummaryStatistics next) {
    long time = pts[packet];
    if (keys.get(packet) && time < latest && next.getMin() <= latest) {
      return true;
    }
    return time > latest
        ? isFar(time, latest) && isFar(next.getMin(), latest) && next.getMin() > latest
        : isFar(time, latest) && isFar(next.getMax(), latest) && next.getMax() < latest;
  }

  private boolean isFar(long time, long latest) {
    return jump < Long.MAX_VALUE && Math.abs(time - latest) > jump;
  }

  /** The first packets of all parts but the first. */
  BitSet starts() {
    return starts;
  }

  /**
   * The times, {@code [packets]}, each part after the one before.
   *
   * @param frame how long a frame lasts, where no two times tell
   */
  long[] continued(long frame) {
    if (starts.isEmpty()) {
      return pts;
    }
    long[] times = pts.clone();
    long begin = Long.MIN_VALUE; // of the part in hand
    for (int first = 0; first < pts.length; ) {
      int next = starts.nextSetBit(first + 1);
      int end = next < 0 ? pts.length : next;
      long[] part = Arrays.stream(pts, first, end).sorted().distinct().toArray();
      long shift = first == 0 ? 0 : begin - part[0];
      for (int packet = first; packet < end; packet++) {
        times[packet] = pts[packet] + shift;
      }
      int last = part.length - 1;
      long step = last > 0 ? part[last] - part[last - 1] : Math.max(1, frame);
      begin = part[last] + shift + step;
      first = end;
    }
    return times;
  }
}
