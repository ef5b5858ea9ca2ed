package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.ffmpeg.PacketTraits.Entry;
import java.nio.ByteBuffer;

/**
 * HEVC: entries are IDR pictures (closed) and CRA pictures (open: the leading pictures that follow
 * a CRA precede it in presentation). A picture of the highest temporal layer that is not referred
 * to within its layer is disposable: a lower layer may not refer to it (H.265, 7.4.2.2), and one of
 * a lower layer may serve a higher one.
 *
 * <p>Not understood, so decoded as a whole: BLA pictures, an end of sequence in mid-stream and
 * skipped leading pictures at the beginning (frames that even a full decode does not give), fields,
 * and parameter sets that change.
 */
final class HevcInspector implements PacketInspector {

  /** Up to here the even types are pictures that no other of their temporal layer refers to. */
  private static final int LAST_PLAIN_SLICE = 15;

  private static final int RASL_FIRST = 8;
  private static final int RASL_LAST = 9;
  private static final int BLA_LAST = 18;
  private static final int IDR_FIRST = 19;
  private static final int IDR_LAST = 20;
  private static final int CRA = 21;
  private static final int LAST_SLICE = 31;
  private static final int VPS = 32;
  private static final int SPS = 33;
  private static final int PPS = 34;
  private static final int END_OF_SEQUENCE = 36;
  private static final int END_OF_STREAM = 37;
  private static final int IRAP_FIRST = 16;

  private final NalUnits units;
  private boolean first = true;
  private int entries;
  private boolean understood = true; // of all that came so far
  private int highestLayer; // temporal, that a parameter set allows

  // of the packet in hand
  private Entry entry = Entry.NONE;
  private boolean slices;
  private boolean referenced;

  HevcInspector(ByteBuffer extradata) {
    boolean lengths = extradata.limit() >= 23 && extradata.get(0) == 1;
    this.units = new NalUnits(lengths ? (extradata.get(21) & 3) + 1 : 0);
    if (lengths) {
      readConfiguration(extradata);
    } else {
      units.forEach(extradata, this::readUnit);
    }
  }

  /** The hvcC record: arrays of counted and sized parameter sets. */
  private void readConfiguration(ByteBuffer extradata) {
    int arrays = extradata.get(22) & 0xff;
    int at = 23;
    for (int array = 0; array < arrays && at + 3 <= extradata.limit(); array++) {
      int sets = extradata.getShort(at + 1) & 0xffff;
      at += 3;
      for (int i = 0; i < sets && at + 2 <= extradata.limit(); i++) {
        int length = extradata.getShort(at) & 0xffff;
        at += 2;
        if (length == 0 || at + length > extradata.limit()) {
          return;
        }
        readUnit(extradata.slice(at, length));
        at += length;
      }
    }
  }

  @Override
  public PacketTraits inspect(ByteBuffer packet) {
    entry = Entry.NONE;
    slices = false;
    referenced = false;
    boolean whole = units.forEach(packet, this::readUnit);
    first = false;
    entries += entry == Entry.NONE ? 0 : 1;
    return new PacketTraits(entry, true, !referenced, understood && whole && slices);
  }

  private void readUnit(ByteBuffer unit) {
    int type = unit.get(0) >> 1 & 0x3f;
    if (type <= LAST_SLICE) {
      slices = true;
      referenced |= type > LAST_PLAIN_SLICE || (type & 1) == 1 || layer(unit) < highestLayer;
      boolean lostAtTheBeginning = type >= RASL_FIRST && type <= RASL_LAST && entries <= 1;
      boolean bla = type >= IRAP_FIRST && type <= BLA_LAST;
      understood &= !lostAtTheBeginning && !bla;
      if (type >= IDR_FIRST && type <= IDR_LAST) {
        entry = Entry.CLOSED;
      } else if (type == CRA) {
        entry = Entry.OPEN;
      }
    } else if (type >= VPS && type <= PPS) {
      understood &= !units.addParameterSet(unit) || first;
      if (type == SPS && unit.limit() > 2) {
        highestLayer = Math.max(highestLayer, unit.get(2) >> 1 & 7); // sps_max_sub_layers_minus1
      }
    } else if (type == END_OF_SEQUENCE || type == END_OF_STREAM) {
      understood = false;
    }
  }

  /** The temporal layer of a unit, from 0. */
  private static int layer(ByteBuffer unit) {
    return unit.limit() < 2 ? 0 : (unit.get(1) & 7) - 1;
  }
}
