package io.tokenreel.video.ffmpeg;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Splits packets of H.264 and HEVC into NAL units, and remembers the parameter sets: when they
 * change in mid-stream, what a packet needs may lie in one that a sparse decode leaves out.
 */
final class NalUnits {

  private final int lengthBytes; // 0 for start codes
  private final Set<ByteBuffer> parameterSets = new HashSet<>();

  /**
   * @param lengthBytes of the length before each unit, or 0 where start codes part them
   */
  NalUnits(int lengthBytes) {
    this.lengthBytes = lengthBytes;
  }

  /**
   * @return whether the packet was well formed
   */
  boolean forEach(ByteBuffer packet, Consumer<ByteBuffer> unit) {
    return lengthBytes == 0 ? byStartCode(packet, unit) : byLength(packet, unit);
  }

  private boolean byLength(ByteBuffer packet, Consumer<ByteBuffer> unit) {
    int at = 0;
    while (at + lengthBytes <= packet.limit()) {
      long length = 0;
      for (int i = 0; i < lengthBytes; i++) {
        length = length << 8 | (packet.get(at + i) & 0xff);
      }
      at += lengthBytes;
      if (length > packet.limit() - at) {
        return false;
      }
      if (length > 0) {
        unit.accept(packet.slice(at, (int) length));
      }
      at += (int) length;
    }
    return at == packet.limit();
  }

  private static boolean byStartCode(ByteBuffer packet, Consumer<ByteBuffer> unit) {
    int begin = -1;
    int end = packet.limit();
    for (int at = 0; at + 2 < end; at++) {
      if (packet.get(at) == 0 && packet.get(at + 1) == 0 && packet.get(at + 2) == 1) {
        if (begin >= 0 && at > begin) {
          unit.accept(packet.slice(begin, at - begin));
        }
        begin = at + 3;
        at += 2;
      }
    }
    if (begin >= 0 && begin < end) {
      unit.accept(packet.slice(begin, end - begin));
    }
    return begin >= 0;
  }

  /**
   * Remembers a parameter set.
   *
   * @return whether it was unknown
   */
  boolean addParameterSet(ByteBuffer unit) {
    int end = unit.limit();
    while (end > 0 && unit.get(end - 1) == 0) {
      end--; // zeros before the next start code are no part of it
    }
    ByteBuffer copy = ByteBuffer.allocate(end);
    copy.put(0, unit, 0, end);
    return parameterSets.add(copy);
  }

  /** Without the emulation prevention bytes, at most {@code most} bytes. */
  static ByteBuffer payload(ByteBuffer unit, int most) {
    ByteBuffer plain = ByteBuffer.allocate(Math.min(unit.limit(), most));
    int zeros = 0;
    for (int i = 0; i < unit.limit() && plain.hasRemaining(); i++) {
      byte value = unit.get(i);
      if (zeros >= 2 && value == 3) {
        zeros = 0;
        continue;
      }
      zeros = value == 0 ? zeros + 1 : 0;
      plain.put(value);
    }
    return plain.flip();
  }
}
