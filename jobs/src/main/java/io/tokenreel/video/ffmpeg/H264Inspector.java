package io.tokenreel.video.ffmpeg;

import io.tokenreel.video.ffmpeg.PacketTraits.Entry;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * H.264: entries are IDR pictures, and intra pictures with a recovery point message that promises
 * exact pictures at once (recovery_frame_cnt 0, exact_match_flag 1), which is how x264 marks open
 * GOPs. A picture with nal_ref_idc 0 is disposable.
 *
 * <p>Not understood, so decoded as a whole: streams that may hold fields (two packets may be one
 * frame) or gaps in frame numbers, and parameter sets that change.
 */
final class H264Inspector implements PacketInspector {

  private static final int SLICE = 1;
  private static final int PARTITION_A = 2;
  private static final int IDR = 5;
  private static final int SEI = 6;
  private static final int SPS = 7;
  private static final int PPS = 8;
  private static final int RECOVERY_POINT = 6;
  private static final int MAX_SEI_BYTES = 4096;
  private static final int MAX_SPS_BYTES = 1024;

  /** The profiles whose SPS tells the chroma format. */
  private static final Set<Integer> SPS_WITH_CHROMA =
      Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135);

  private final NalUnits units;
  private boolean first = true;
  private boolean understood = true; // of all that came so far

  // of the packet in hand
  private boolean idr;
  private boolean recovery;
  private boolean referenced;
  private boolean slices;

  H264Inspector(ByteBuffer extradata) {
    boolean lengths = extradata.limit() >= 7 && extradata.get(0) == 1;
    this.units = new NalUnits(lengths ? (extradata.get(4) & 3) + 1 : 0);
    if (lengths) {
      readConfiguration(extradata);
    } else {
      units.forEach(extradata, this::readUnit);
    }
  }

  /** The avcC record: counted and sized SPS, then PPS. */
  private void readConfiguration(ByteBuffer extradata) {
    int at = 5;
    for (int kind = 0; kind < 2 && at < extradata.limit(); kind++) {
      int sets = extradata.get(at++) & (kind == 0 ? 0x1f : 0xff);
      for (int i = 0; i < sets && at + 2 <= extradata.limit(); i++) {
        int length = extradata.getShort(at) & 0xffff;
        at += 2;
        if (length == 0 || at + length > extradata.limit()) {
          understood = false;
          return;
        }
        readUnit(extradata.slice(at, length));
        at += length;
      }
    }
  }

  @Override
  public PacketTraits inspect(ByteBuffer packet) {
    idr = false;
    recovery = false;
    referenced = false;
    slices = false;
    boolean whole = units.forEach(packet, this::readUnit);
    first = false;
    Entry entry = idr ? Entry.CLOSED : recovery ? Entry.OPEN : Entry.NONE;
    return new PacketTraits(entry, true, !referenced, understood && whole && slices);
  }

  private void readUnit(ByteBuffer unit) {
    int type = unit.get(0) & 0x1f;
    switch (type) {
      case SLICE, PARTITION_A, IDR -> {
        slices = true;
        idr |= type == IDR;
        referenced |= (unit.get(0) & 0x60) != 0;
      }
      case SEI -> recovery |= holdsExactRecoveryPoint(NalUnits.payload(unit, MAX_SEI_BYTES));
      case SPS, PPS -> {
        boolean changed = units.addParameterSet(unit) && !first;
        boolean plain = type == PPS || isPlain(NalUnits.payload(unit, MAX_SPS_BYTES));
        understood &= plain && !changed;
      }
      default -> {
        // delimiters, filler and extensions that the decoder skips too
      }
    }
  }

  private static boolean holdsExactRecoveryPoint(ByteBuffer sei) {
    int at = 1;
    while (at + 2 < sei.limit()) {
      int type = 0;
      int size = 0;
      int value;
      do {
        value = sei.get(at++) & 0xff;
        type += value;
      } while (value == 0xff && at < sei.limit());
      do {
        value = at < sei.limit() ? sei.get(at++) & 0xff : 0;
        size += value;
      } while (value == 0xff);
      if (type == RECOVERY_POINT && at < sei.limit()) {
        BitReader bits = new BitReader(sei.slice(at, Math.min(size, sei.limit() - at)));
        return bits.golomb() == 0 && bits.flag() && !bits.flag();
      }
      at += size;
    }
    return false;
  }

  /** Frames only, no gaps in frame numbers: 7.3.2.1.1 up to frame_mbs_only_flag. */
  private static boolean isPlain(ByteBuffer sps) {
    BitReader bits = new BitReader(sps);
    bits.bits(8);
    int profile = bits.bits(8);
    bits.bits(16);
    bits.golomb();
    if (SPS_WITH_CHROMA.contains(profile)) {
      skipChroma(bits);
    }
    bits.golomb(); // log2_max_frame_num_minus4
    int orderType = bits.golomb();
    if (orderType == 0) {
      bits.golomb();
    } else if (orderType == 1) {
      bits.bit();
      bits.signedGolomb();
      bits.signedGolomb();
      int cycle = bits.golomb();
      for (int i = 0; i < cycle && !bits.atEnd(); i++) {
        bits.signedGolomb();
      }
    }
    bits.golomb(); // max_num_ref_frames
    boolean gaps = bits.flag();
    bits.golomb(); // width
    bits.golomb(); // height
    boolean framesOnly = bits.flag();
    return framesOnly && !gaps && !bits.atEnd();
  }

  private static void skipChroma(BitReader bits) {
    int format = bits.golomb();
    if (format == 3) {
      bits.bit();
    }
    bits.golomb();
    bits.golomb();
    bits.bit();
    if (bits.flag()) {
      for (int list = 0; list < (format == 3 ? 12 : 8); list++) {
        if (bits.flag()) {
          skipScalingList(bits, list < 6 ? 16 : 64);
        }
      }
    }
  }

  private static void skipScalingList(BitReader bits, int size) {
    int last = 8;
    int next = 8;
    for (int i = 0; i < size && !bits.atEnd(); i++) {
      if (next != 0) {
        next = (last + bits.signedGolomb() + 256) % 256;
      }
      last = next == 0 ? last : next;
    }
  }
}
