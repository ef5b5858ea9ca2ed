package io.tokenreel.video.ffmpeg;

import java.nio.ByteBuffer;

/** Bits, most significant first, and H.264's Exp-Golomb numbers. Past the end it reads zeros. */
final class BitReader {

  private final ByteBuffer bytes;
  private long bit;

  BitReader(ByteBuffer bytes) {
    this.bytes = bytes;
    this.bit = bytes.position() * 8L;
  }

  int bit() {
    int at = (int) (bit >> 3);
    int value = at < bytes.limit() ? bytes.get(at) >> (7 - (bit & 7)) & 1 : 0;
    bit++;
    return value;
  }

  boolean flag() {
    return bit() == 1;
  }

  int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /** An unsigned Exp-Golomb number. */
  int golomb() {
    int zeros = 0;
    while (zeros < 32 && bit() == 0) {
      zeros++;
    }
    return zeros == 32 ? Integer.MAX_VALUE : (1 << zeros) - 1 + bits(zeros);
  }

  /** A signed Exp-Golomb number. */
  int signedGolomb() {
    int code = golomb();
    return (code & 1) == 1 ? code / 2 + 1 : -(code / 2);
  }

  boolean atEnd() {
    return bit >= bytes.limit() * 8L;
  }
}
