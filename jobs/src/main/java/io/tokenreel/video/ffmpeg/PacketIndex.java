package io.tokenreel.video.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_DISCARD;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_KEY;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/**
 * What is known of every packet of a video stream without decoding it, in decode order. The frames
 * that decoding all of them gives, and their times, follow from it unless {@link #sparse()} is
 * false.
 */
final class PacketIndex {

  private static final int KEY = 1;
  private static final int SHOWN = 2;
  private static final int DISPOSABLE = 4;
  private static final int ENTRY = 8;
  private static final int CLOSED = 16;
  private static final int HIDDEN = 32;
  private static final int CORRUPT = 64;

  private long[] pts = new long[1024]; // [packet], stream time base
  private byte[] flags = new byte[1024]; // [packet]
  private int count;
  private boolean timed = true;
  private boolean understood = true;
  private boolean ordered = true;
  private final BitSet parts = new BitSet(); // [packet], those that begin a part of a joined stream
  private long duration; // of a packet, stream time base; 0 when none says

  void add(AVPacket packet, PacketTraits traits) {
    if (count == pts.length) {
      pts = Arrays.copyOf(pts, count + count / 2);
      flags = Arrays.copyOf(flags, pts.length);
    }
    boolean discarded = (packet.flags() & AV_PKT_FLAG_DISCARD) != 0;
    timed &= packet.pts() != AV_NOPTS_VALUE;
    understood &= traits.understood();
    pts[count] = packet.pts();
    duration = Math.max(duration, packet.duration());
    flags[count] =
        (byte)
            (((packet.flags() & AV_PKT_FLAG_KEY) != 0 ? KEY : 0)
                | (traits.shown() && !discarded ? SHOWN : 0)
                | (discarded ? HIDDEN : 0)
                | ((packet.flags() & AV_PKT_FLAG_CORRUPT) != 0 ? CORRUPT : 0)
                | (traits.disposable() ? DISPOSABLE : 0)
                | (traits.entry() != PacketTraits.Entry.NONE ? ENTRY : 0)
                | (traits.entry() == PacketTraits.Entry.CLOSED ? CLOSED : 0));
    count++;
  }

  /** Says that the stream is not one whose frames can be told from its packets. */
  void requireFullDecode() {
    understood = false;
  }

  /** Says that only the decoder tells the order of the frames. */
  void leaveOrderToDecoder() {
    ordered = false;
  }

  /**
   * Takes the stream as whole; to be called once, after its last packet.
   *
   * @param jump beyond which the clock is another, see {@link ClockJoins}
   */
  void end(long jump) {
    pts = Arrays.copyOf(pts, count);
    if (timed) {
      join(notHidden(), jump);
    }
  }

  /**
   * Lets times go on where the clock starts again. Hidden packets say nothing of the clock: before
   * the second edit of a list come packets that run back, which its first frame refers to.
   *
   * @param packets those that are not hidden
   */
  private void join(int[] packets, long jump) {
    BitSet keys = new BitSet();
    IntStream.range(0, packets.length)
        .filter(at -> isEntry(packets[at]) || (!understood() && isKey(packets[at])))
        .forEach(keys::set);
    long[] times = Arrays.stream(packets).mapToLong(packet -> pts[packet]).toArray();
    ClockJoins joins = new ClockJoins(times, keys, jump);
    joins.starts().stream().forEach(at -> parts.set(packets[at]));
    long[] continued = joins.continued(duration);
    for (int at = 0; at < packets.length; at++) {
      pts[packets[at]] = continued[at];
    }
  }

  int count() {
    return count;
  }

  /**
   * Whether no packet is presented before one that comes earlier; hidden ones are not presented.
   */
  boolean ascends() {
    int[] packets = notHidden();
    return IntStream.range(1, packets.length)
        .allMatch(at -> pts[packets[at]] >= pts[packets[at - 1]]);
  }

  /** Whether two frames are presented at one time. */
  boolean repeatsTimes() {
    int[] packets = presentation();
    return timed
        && IntStream.range(1, packets.length)
            .anyMatch(at -> pts[packets[at]] == pts[packets[at - 1]]);
  }

  private int[] notHidden() {
    return IntStream.range(0, count).filter(packet -> !isHidden(packet)).toArray();
  }

  /** Whether every packet has a presentation time. */
  boolean timed() {
    return timed;
  }

  /** Whether each shown packet is known to give one frame, from the first on. */
  boolean understood() {
    return understood && count > 0 && isEntry(0);
  }

  /**
   * Whether a shown packet must give a frame, or is lost. Those need not that are presented before
   * an open entry at the stream's start: what they refer to was cut off, and decoders drop them.
   */
  boolean mustShow(int packet) {
    return understood() && (isClosedEntry(0) || (timed && pts[packet] >= pts[0]));
  }

  /** Whether single frames may be decoded. Where parts are joined one may refer to another part. */
  boolean sparse() {
    return understood() && timed && parts.isEmpty() && ordered;
  }

  /**
   * How many packets the demuxer says are damaged. The last of a part does not count, nor the one
   * before it, which FFmpeg's parser passes on with the last one's flags: a counter does not go on
   * in the next part, and that is all that the demuxer can tell.
   */
  long corrupt() {
    return IntStream.range(0, count)
        .filter(packet -> (flags[packet] & CORRUPT) != 0)
        .filter(packet -> !parts.get(packet + 1) && !parts.get(packet + 2))
        .count();
  }

  /** Its presentation time; where parts are joined, as {@link ClockJoins} continues it. */
  long pts(int packet) {
    return pts[packet];
  }

  /** The container's keyframe flag. */
  boolean isKey(int packet) {
    return (flags[packet] & KEY) != 0;
  }

  /** Whether it gives a frame that is presented. */
  boolean isShown(int packet) {
    return (flags[packet] & SHOWN) != 0;
  }

  /** Whether the container, by an edit list, hides the frame that it gives. */
  boolean isHidden(int packet) {
    return (flags[packet] & HIDDEN) != 0;
  }

  /** Whether no other packet refers to it. */
  boolean isDisposable(int packet) {
    return (flags[packet] & DISPOSABLE) != 0;
  }

  /** Whether decoding may begin here for packets that follow in decode and presentation order. */
  boolean isEntry(int packet) {
    return (flags[packet] & ENTRY) != 0;
  }

  /** Whether it is an entry and no packet after it refers to one before it. */
  boolean isClosedEntry(int packet) {
    return (flags[packet] & CLOSED) != 0;
  }

  /** The shown packets in presentation order; in decode order where there are no times. */
  int[] presentation() {
    return IntStream.range(0, count)
        .filter(this::isShown)
        .boxed()
        .sorted((a, b) -> timed ? Long.compare(pts[a], pts[b]) : Integer.compare(a, b))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
