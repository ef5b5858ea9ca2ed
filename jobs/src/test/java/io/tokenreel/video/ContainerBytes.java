package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Builds containers byte by byte, also such as no muxer writes. */
final class ContainerBytes {

  private ContainerBytes() {}

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  static byte[] text(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** An MP4 box. */
  static byte[] box(String type, byte[]... content) {
    byte[] body = join(content);
    return join(ints(8 + body.length), text(type), body);
  }

  /** An EBML element. */
  static byte[] element(long id, byte[]... content) {
    byte[] body = join(content);
    ByteBuffer length = ByteBuffer.allocate(8).putLong(1L << 56 | body.length);
    return join(id(id), length.array(), body);
  }

  /** An EBML element with an unsigned number. */
  static byte[] number(long id, long value) {
    return element(id, ByteBuffer.allocate(8).putLong(value).array());
  }

  private static byte[] id(long id) {
    int bytes = Math.max(1, (71 - Long.numberOfLeadingZeros(id)) / 8);
    byte[] all = ByteBuffer.allocate(8).putLong(id).array();
    return Arrays.copyOfRange(all, 8 - bytes, 8);
  }
}
