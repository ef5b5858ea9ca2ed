package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.ffmpeg.PacketTraits.Entry;
import java.nio.ByteBuffer;

/**
 * AV1: entries are temporal units with a sequence header and a shown keyframe, which replaces every
 * reference. A unit whose frames refresh no reference is disposable. A unit that shows no frame or
 * several, or belongs to a scaled stream, is not understood.
 */
final class Av1Inspector implements PacketInspector {

  private static final int SEQUENCE_HEADER = 1;
  private static final int FRAME_HEADER = 3;
  private static final int FRAME = 6;
  private static final int KEY_FRAME = 0;

  private Av1Sequence last; // of the sequence headers; null before the first

  @Override
  public PacketTraits inspect(ByteBuffer packet) {
    boolean sequence = false;
    boolean key = false;
    boolean disposable = true;
    int shown = 0;
    int at = 0;
    while (at < packet.limit()) {
      int header = packet.get(at++) & 0xff;
      int type = header >> 3 & 15;
      boolean extended = (header & 4) != 0;
      if (extended || (header & 0x82) != 2) {
        return PacketTraits.NOT_UNDERSTOOD; // layers, a forbidden bit, or no size
      }
      long size = 0;
      for (int i = 0; i < 8 && at < packet.limit(); i++) {
        int value = packet.get(at++);
        size |= (value & 0x7fL) << (7 * i);
        if (value >= 0) {
          break;
        }
      }
      if (size > packet.limit() - at) {
        return PacketTraits.NOT_UNDERSTOOD;
      }
      if (type == SEQUENCE_HEADER) {
        boolean reduced = size > 0 && (packet.get(at) & 8) != 0;
        if (reduced) {
          return PacketTraits.NOT_UNDERSTOOD;
        }
        sequence = true;
        last = Av1Sequence.of(packet.slice(at, (int) size));
      } else if ((type == FRAME_HEADER || type == FRAME) && size > 0) {
        int bits = packet.get(at) & 0xff;
        boolean existing = (bits & 0x80) != 0;
        boolean shows = existing || (bits & 0x10) != 0;
        disposable &= !existing && last != null && last.isDisposable(packet.slice(at, (int) size));
        key |= !existing && shows && (bits >> 5 & 3) == KEY_FRAME;
        shown += shows ? 1 : 0;
      }
      at += (int) size;
    }
    Entry entry = sequence && key ? Entry.CLOSED : Entry.NONE;
    return new PacketTraits(entry, true, disposable, shown == 1);
  }
}
