package io.tokenreel.video;

import static io.tokenreel.video.ContainerBytes.element;
import static io.tokenreel.video.ContainerBytes.join;
import static io.tokenreel.video.ContainerBytes.number;
import static io.tokenreel.video.ContainerBytes.shorts;
import static io.tokenreel.video.ContainerBytes.text;

import java.io.ByteArrayOutputStream;

/** Matroska files that say anything. */
final class MatroskaBytes {

  private MatroskaBytes() {}

  static byte[] file(byte[]... segment) {
    byte[] header =
        element(
            0x1A45DFA3, element(0x4282, text("matroska")), number(0x4287, 4), number(0x4285, 2));
    return join(header, element(0x18538067, segment));
  }

  /**
   * The segment's information.
   *
   * @param tick in nanoseconds
   */
  static byte[] info(long tick, byte[]... more) {
    return element(0x1549A966, number(0x2AD7B1, tick), join(more));
  }

  static byte[] tracks(byte[]... entries) {
    return element(0x1654AE6B, entries);
  }

  /** A video track. */
  static byte[] track(int number, String codec, int width, int height, byte[]... more) {
    return element(
        0xAE,
        number(0xD7, number),
        number(0x73C5, number),
        number(0x83, 1),
        element(0x86, text(codec)),
        element(0xE0, number(0xB0, width), number(0xBA, height)),
        join(more));
  }

  /** A cluster of the first track, with the same keyframe at each tick. */
  static byte[] cluster(long time, byte[] frame, int frames) {
    ByteArrayOutputStream blocks = new ByteArrayOutputStream();
    for (int i = 0; i < frames; i++) {
      blocks.writeBytes(
          element(0xA3, new byte[] {(byte) 0x81}, shorts(i), new byte[] {(byte) 0x80}, frame));
    }
    return element(0x1F43B675, number(0xE7, time), blocks.toByteArray());
  }

  /** Says that the blocks and private data of a track are compressed by zlib. */
  static byte[] compressed() {
    byte[] compression = element(0x5034, number(0x4254, 0));
    return element(
        0x6D80,
        element(0x6240, number(0x5031, 0), number(0x5032, 3), number(0x5033, 0), compression));
  }

  /** Groups in groups, of unknown length, in a cluster. */
  static byte[] nested(int depth) {
    byte[] head = {(byte) 0xA0, 0x01, -1, -1, -1, -1, -1, -1, -1};
    ByteArrayOutputStream heads = new ByteArrayOutputStream();
    for (int i = 0; i < depth; i++) {
      heads.writeBytes(head);
    }
    return element(0x1F43B675, number(0xE7, 0), heads.toByteArray());
  }
}
