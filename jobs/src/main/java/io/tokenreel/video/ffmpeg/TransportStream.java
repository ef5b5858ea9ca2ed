package io.tokenreel.video.ffmpeg;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks for the one kind of damage in an MPEG transport stream that costs a frame without a word
 * from FFmpeg's demuxer and that no sound file has: a packet that says that a PES packet begins in
 * it where none does, so that all up to the next one is dropped (ISO/IEC 13818-1, 2.4.3.3).
 *
 * <p>Gaps in the continuity counters are no such sign: a recording that was cut or joined has them.
 */
final class TransportStream {

  private static final int PACKET_BYTES = 188;

  /** Of Blu-ray and camcorders: each packet comes after four bytes of time. */
  private static final int TIMED_PACKET_BYTES = 192;

  private static final int BUFFER_BYTES = 1 << 20;
  private static final byte SYNC = 0x47;
  private static final byte[] PES_START = {0, 0, 1};

  private TransportStream() {}

  /**
   * How many packets say that they begin a PES packet and do not. Only those count that lie between
   * two others in step, because elsewhere the bytes may be anything.
   *
   * @param pid of the video
   */
  static long brokenStarts(Path file, int pid) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      in.mark(TIMED_PACKET_BYTES);
      boolean plain = in.read() == SYNC;
      in.reset();
      int step = plain ? PACKET_BYTES : TIMED_PACKET_BYTES;
      byte[] packet = new byte[step];
      long count = 0;
      boolean inStep = true;
      boolean broken = false;
      while (in.readNBytes(packet, 0, step) == step) {
        boolean sync = packet[step - PACKET_BYTES] == SYNC;
        count += sync && broken ? 1 : 0;
        broken = sync && inStep && isBrokenStart(packet, step - PACKET_BYTES, pid);
        inStep = sync;
      }
      return count + (broken ? 1 : 0);
    }
  }

  private static boolean isBrokenStart(byte[] packet, int at, int pid) {
    boolean starts = (packet[at + 1] & 0x40) != 0;
    boolean ours = (((packet[at + 1] & 0x1f) << 8) | (packet[at + 2] & 0xff)) == pid;
    boolean adapted = (packet[at + 3] & 0x20) != 0;
    boolean payload = (packet[at + 3] & 0x10) != 0;
    int from = at + 4 + (adapted ? 1 + (packet[at + 4] & 0xff) : 0);
    boolean pes = true;
    // A PES packet's first bytes may be the last of a transport packet.
    for (int i = 0; i < PES_START.length && from + i < packet.length; i++) {
      pes &= packet[from + i] == PES_START[i];
    }
    return starts && ours && payload && !pes;
  }
}
