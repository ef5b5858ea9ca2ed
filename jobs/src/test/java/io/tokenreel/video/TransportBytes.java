package io.tokenreel.video;

import static io.tokenreel.video.ContainerBytes.ints;
import static io.tokenreel.video.ContainerBytes.join;
import static io.tokenreel.video.ContainerBytes.shorts;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** MPEG transport streams of many programs with many streams. */
final class TransportBytes {

  private static final int PACKET_BYTES = 188;
  private static final int PAYLOAD_BYTES = 184;
  private static final int FIRST_TABLE = 0x100;
  private static final int FIRST_STREAM = 0x1000;
  private static final int LAST_STREAM = 0x1ffe;

  private TransportBytes() {}

  /** Programs whose streams are H.264, with a packet of each stream. */
  static byte[] file(int programs, int streamsEach) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[][] tables = new byte[programs][];
    for (int program = 0; program < programs; program++) {
      tables[program] = shorts(program + 1, 0xE000 | (FIRST_TABLE + program));
    }
    out.writeBytes(section(0, 0, 1, join(tables)));
    int streams = LAST_STREAM - FIRST_STREAM;
    for (int program = 0; program < programs; program++) {
      ByteArrayOutputStream entries = new ByteArrayOutputStream();
      entries.writeBytes(shorts(0xffff, 0xF000)); // no clock, no descriptors
      for (int stream = 0; stream < streamsEach; stream++) {
        int pid = FIRST_STREAM + (program * streamsEach + stream) % streams;
        entries.writeBytes(join(new byte[] {0x1b}, shorts(0xE000 | pid, 0xF000)));
      }
      out.writeBytes(section(FIRST_TABLE + program, 2, program + 1, entries.toByteArray()));
    }
    byte[] start = {0, 0, 1, (byte) 0xe0, 0, 0, (byte) 0x80, 0, 0, 0, 0, 1, 9};
    for (int i = 0; i < Math.min(streams, programs * streamsEach); i++) {
      packet(out, FIRST_STREAM + i, true, start, 0);
    }
    return out.toByteArray();
  }

  /** A file whose one stream has another number, in its packets and in the table. */
  static byte[] withPid(byte[] file, int from, int to) {
    byte[] changed = file.clone();
    for (int at = 0; at < changed.length; at += PACKET_BYTES) {
      int pid = (changed[at + 1] & 0x1f) << 8 | (changed[at + 2] & 0xff);
      if (pid == from) {
        changed[at + 1] = (byte) ((changed[at + 1] & 0xe0) | to >> 8);
        changed[at + 2] = (byte) to;
      } else if (pid == FIRST_STREAM && changed[at + 5] == 2) { // FFmpeg's number of the table
        renumber(changed, at + 5, from, to);
      }
    }
    return changed;
  }

  private static void renumber(byte[] file, int section, int from, int to) {
    int end = section + 3 + ((file[section + 1] & 0x0f) << 8 | (file[section + 2] & 0xff)) - 4;
    for (int at = section + 3; at + 1 < end; at++) {
      if (((file[at] & 0x1f) << 8 | (file[at + 1] & 0xff)) == from && (file[at] & 0xe0) == 0xe0) {
        file[at] = (byte) ((file[at] & 0xe0) | to >> 8);
        file[at + 1] = (byte) to;
      }
    }
    byte[] sum = ints(checksum(Arrays.copyOfRange(file, section, end)));
    System.arraycopy(sum, 0, file, end, sum.length);
  }

  /** A table's one section, in as many packets as it takes. */
  private static byte[] section(int pid, int table, int number, byte[] body) {
    int length = 5 + body.length + 4;
    byte[] head =
        join(
            new byte[] {(byte) table},
            shorts(0xB000 | length, number),
            new byte[] {(byte) 0xC1, 0, 0},
            body);
    byte[] whole = join(new byte[1], head, ints(checksum(head)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < whole.length; at += PAYLOAD_BYTES) {
      byte[] part = Arrays.copyOfRange(whole, at, Math.min(whole.length, at + PAYLOAD_BYTES));
      packet(out, pid, at == 0, part, at / PAYLOAD_BYTES);
    }
    return out.toByteArray();
  }

  private static void packet(
      ByteArrayOutputStream out, int pid, boolean starts, byte[] payload, int counter) {
    byte[] packet = new byte[PACKET_BYTES];
    Arrays.fill(packet, (byte) 0xff);
    packet[0] = 0x47;
    packet[1] = (byte) ((starts ? 0x40 : 0) | pid >> 8);
    packet[2] = (byte) pid;
    packet[3] = (byte) (0x10 | (counter & 15));
    System.arraycopy(payload, 0, packet, 4, payload.length);
    out.writeBytes(packet);
  }

  /** CRC-32 as MPEG-2 has it. */
  private static int checksum(byte[] bytes) {
    int crc = -1;
    for (byte value : bytes) {
      crc ^= value << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc < 0 ? crc << 1 ^ 0x04C11DB7 : crc << 1;
      }
    }
    return crc;
  }
}
