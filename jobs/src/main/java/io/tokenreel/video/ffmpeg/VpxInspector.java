package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.ffmpeg.PacketTraits.Entry;
import java.nio.ByteBuffer;

/**
 * VP8 and VP9: entries are keyframes, which replace every reference. A packet of VP8 may show
 * nothing; one of VP9, which has superframes for that, that shows nothing has lost its frame.
 */
final class VpxInspector {

  private VpxInspector() {}

  /** RFC 6386, 9.1: frame type, version, show_frame. */
  static PacketTraits vp8(ByteBuffer packet) {
    if (packet.limit() < 3) {
      return PacketTraits.NOT_UNDERSTOOD;
    }
    int tag = packet.get(0);
    return new PacketTraits(
        (tag & 1) == 0 ? Entry.CLOSED : Entry.NONE, (tag & 0x10) != 0, false, true);
  }

  /** A superframe holds hidden frames and, last, the shown one. */
  static PacketTraits vp9(ByteBuffer packet) {
    int size = packet.limit();
    if (size == 0) {
      return PacketTraits.NOT_UNDERSTOOD;
    }
    int marker = packet.get(size - 1) & 0xff;
    if ((marker & 0xe0) != 0xc0) {
      return single(packet);
    }
    int frames = (marker & 7) + 1;
    int bytes = (marker >> 3 & 3) + 1;
    int indexAt = size - (2 + frames * bytes);
    if (indexAt < 0 || (packet.get(indexAt) & 0xff) != marker) {
      return single(packet);
    }
    Entry entry = Entry.NONE;
    boolean understood = true;
    int shown = 0;
    int at = 0;
    for (int frame = 0; frame < frames; frame++) {
      int length = 0;
      for (int i = 0; i < bytes; i++) {
        length |= (packet.get(indexAt + 1 + frame * bytes + i) & 0xff) << (8 * i);
      }
      if (length <= 0 || at + length > indexAt) {
        return PacketTraits.NOT_UNDERSTOOD;
      }
      PacketTraits traits = vp9Frame(packet.slice(at, length));
      entry = frame == 0 ? traits.entry() : entry;
      shown += traits.shown() ? 1 : 0;
      understood &= traits.understood();
      at += length;
    }
    return new PacketTraits(entry, true, false, understood && shown <= 1);
  }

  private static PacketTraits single(ByteBuffer packet) {
    PacketTraits frame = vp9Frame(packet);
    return new PacketTraits(frame.entry(), true, false, frame.understood());
  }

  private static PacketTraits vp9Frame(ByteBuffer frame) {
    BitReader bits = new BitReader(frame);
    boolean marked = bits.bits(2) == 2;
    int profile = bits.bit() | bits.bit() << 1;
    if (profile == 3) {
      bits.bit();
    }
    if (bits.flag()) {
      return new PacketTraits(Entry.NONE, true, false, marked); // shows an earlier frame
    }
    boolean key = bits.bit() == 0;
    boolean shown = bits.flag();
    return new PacketTraits(key ? Entry.CLOSED : Entry.NONE, shown, false, marked);
  }
}
