package io.tokenreel.video.ffmpeg;

import java.util.BitSet;

/**
 * Which packets a sparse decode feeds to the decoder, so that each wanted frame is what a full
 * decode gives: from the last entry that serves the wanted packet up to the packet itself, without
 * the disposable ones in between. Wanted packets whose stretches meet share one.
 */
final class SparsePlan {

  private final PacketIndex index;
  private final BitSet wanted;
  private final BitSet fed = new BitSet();
  private final BitSet starts = new BitSet();
  private final BitSet ends = new BitSet();
  private final BitSet leading = new BitSet();

  /**
   * @param index of a stream that is {@link PacketIndex#sparse()}
   * @param wanted shown packets
   */
  SparsePlan(PacketIndex index, BitSet wanted) {
    this.index = index;
    this.wanted = wanted;
    int start = -1;
    int end = -1;
    for (int packet = wanted.nextSetBit(0); packet >= 0; packet = wanted.nextSetBit(packet + 1)) {
      int entry = entryFor(packet);
      if (start < 0 || entry > end) {
        close(start, end);
        start = entry;
      }
      end = packet;
    }
    close(start, end);
  }

  /** The last entry before the packet in decode order and not after it in presentation order. */
  private int entryFor(int packet) {
    for (int entry = packet; entry > 0; entry--) {
      if (index.isEntry(entry) && index.pts(entry) <= index.pts(packet)) {
        return entry;
      }
    }
    return 0;
  }

  private void close(int start, int end) {
    if (start < 0) {
      return;
    }
    starts.set(start);
    ends.set(end);
    boolean open = start > 0 && !index.isClosedEntry(start);
    for (int packet = start; packet <= end; packet++) {
      if (wanted.get(packet) || !index.isDisposable(packet)) {
        fed.set(packet);
        leading.set(packet, open && index.pts(packet) < index.pts(start));
      }
    }
  }

  /** Whether the decoder gets the packet. */
  boolean feeds(int packet) {
    return fed.get(packet);
  }

  /** Whether the decoder must forget what it got before the packet. */
  boolean startsAt(int packet) {
    return starts.get(packet);
  }

  /** Whether the decoder must give what it holds after the packet. */
  boolean endsAt(int packet) {
    return ends.get(packet);
  }

  /**
   * Whether the packet may refer to what was not fed, so that its own errors say nothing: it
   * precedes an open entry in presentation, and no wanted frame refers to it.
   */
  boolean isLeading(int packet) {
    return leading.get(packet);
  }

  /** The packet after which nothing is wanted. */
  int last() {
    return ends.length() - 1;
  }
}
