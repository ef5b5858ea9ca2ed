package io.tokenreel.video.ffmpeg;

import java.nio.ByteBuffer;

/**
 * What an AV1 sequence header says that the first fields of a frame header depend on (AV1 bitstream
 * specification, 5.5.1 and 5.9.2).
 *
 * @param plain whether frames have neither numbers nor a decoder model, which few streams have;
 *     where they have, what is behind those fields is not read
 * @param screenContent seq_force_screen_content_tools: 0, 1, or 2 where each frame says it
 * @param integerVectors seq_force_integer_mv, likewise
 * @param orderHintBits of the order hint in each frame
 */
record Av1Sequence(boolean plain, int screenContent, int integerVectors, int orderHintBits) {

  private static final int EACH_FRAME_SAYS = 2;
  private static final int FIRST_LEVEL_WITH_TIER = 8;

  private static final int KEY_FRAME = 0;
  private static final int INTRA_ONLY_FRAME = 2;
  private static final int SWITCH_FRAME = 3;

  /**
   * @param header the payload of a sequence header, not of a reduced one
   */
  static Av1Sequence of(ByteBuffer header) {
    BitReader bits = new BitReader(header);
    bits.bits(5); // profile, still picture, reduced header
    boolean model = readsTiming(bits);
    boolean delay = bits.flag();
    int points = bits.bits(5) + 1;
    for (int point = 0; point < points && !model; point++) {
      bits.bits(12);
      if (bits.bits(5) >= FIRST_LEVEL_WITH_TIER) {
        bits.bit();
      }
      if (delay && bits.flag()) {
        bits.bits(4);
      }
    }
    int widthBits = bits.bits(4) + 1;
    int heightBits = bits.bits(4) + 1;
    bits.bits(widthBits);
    bits.bits(heightBits);
    boolean numbered = bits.flag();
    bits.bits(3 + 4); // superblocks, intra tools; compound tools
    boolean ordered = bits.flag();
    bits.bits(ordered ? 2 : 0);
    int screenContent = bits.flag() ? EACH_FRAME_SAYS : bits.bit();
    int integerVectors = screenContent > 0 && !bits.flag() ? bits.bit() : EACH_FRAME_SAYS;
    int orderHintBits = ordered ? bits.bits(3) + 1 : 0;
    boolean plain = !model && !numbered && !bits.atEnd();
    return new Av1Sequence(plain, screenContent, integerVectors, orderHintBits);
  }

  /** Returns whether there is a decoder model, after which nothing is read. */
  private static boolean readsTiming(BitReader bits) {
    if (!bits.flag()) {
      return false;
    }
    bits.bits(32);
    bits.bits(32);
    if (bits.flag()) {
      bits.golomb();
    }
    return bits.flag();
  }

  /**
   * Whether a shown frame refreshes no reference, so that no other refers to it:
   * refresh_frame_flags is 0.
   *
   * @param header the beginning of a frame header, of a frame that is coded, not shown again
   */
  boolean isDisposable(ByteBuffer header) {
    if (!plain) {
      return false;
    }
    BitReader bits = new BitReader(header);
    bits.bit(); // show_existing_frame
    int type = bits.bits(2);
    boolean shown = bits.flag();
    if (type == KEY_FRAME || type == SWITCH_FRAME || !shown) {
      return false;
    }
    boolean resilient = bits.flag();
    bits.bit(); // disable_cdf_update
    boolean tools = screenContent == EACH_FRAME_SAYS ? bits.flag() : screenContent == 1;
    if (tools && integerVectors == EACH_FRAME_SAYS) {
      bits.bit();
    }
    bits.bit(); // frame_size_override_flag
    bits.bits(orderHintBits);
    if (type != INTRA_ONLY_FRAME && !resilient) {
      bits.bits(3); // primary_ref_frame
    }
    return bits.bits(8) == 0;
  }
}
