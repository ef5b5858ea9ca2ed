package io.tokenreel.video;

import static io.tokenreel.video.ContainerBytes.join;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/** Coded keyframes that say that they are of some size, and hold next to nothing. */
final class CodedFrames {

  private CodedFrames() {}

  /** VP9: the uncompressed header of the bitstream specification's 6.2, and zeros. */
  static byte[] vp9(int width, int height) {
    // marker, profile, no other frame, key, shown, resilient; sync code; colours; size less one
    byte[] header =
        packed(
            "10" + "00" + "0" + "0" + "1" + "0",
            bits(0x498342, 24),
            "0010",
            bits(width - 1, 16),
            bits(height - 1, 16));
    return Arrays.copyOf(header, 64);
  }

  /** RFC 6386, 9.1. */
  static byte[] vp8(int width, int height) {
    ByteBuffer size = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    size.putShort((short) width).putShort((short) height);
    byte[] head = {0x10, 0x02, 0, (byte) 0x9d, 0x01, 0x2a};
    return join(head, size.array(), new byte[64]);
  }

  /** Raw H.264: a sequence and a picture parameter set, and the begin of a key picture. */
  static byte[] h264(int width, int height) {
    byte[] sequence =
        packed(
            bits(0x67, 8) + bits(66, 8) + bits(0, 8) + bits(62, 8),
            golomb(0) + golomb(0) + golomb(2) + golomb(1) + "0",
            golomb(width / 16 - 1),
            golomb(height / 16 - 1),
            "1" + "1" + "0" + "0" + "1");
    byte[] picture =
        packed(
            bits(0x68, 8) + golomb(0) + golomb(0) + "0" + "0" + golomb(0),
            golomb(0) + golomb(0) + "0" + "00" + golomb(0) + golomb(0) + golomb(0) + "000" + "1");
    byte[] slice =
        packed(bits(0x65, 8) + golomb(0) + golomb(7) + golomb(0) + bits(0, 4) + golomb(0) + "00");
    byte[] start = {0, 0, 0, 1};
    byte[] frame = join(start, sequence, start, picture, start, slice, bytesOf(0x5a, 64));
    return join(frame, frame, frame);
  }

  /** A sound picture of 16 x 16 pixels whose header then says another size. */
  static byte[] jpeg(Path folder, int width, int height) throws IOException {
    Path file = folder.resolve("jpeg.avi");
    FrameSize size = new FrameSize(16, 16);
    Map<String, String> options = Map.of("strict", "unofficial");
    try (VideoWriter writer = new VideoWriter(file, "mjpeg", size, 25, 1, options)) {
      writer.add(new byte[size.rgbBytes()], 0);
      writer.finish();
    }
    byte[] avi = Files.readAllBytes(file);
    int begin = indexOf(avi, 0xd8, 0);
    int end = indexOf(avi, 0xd9, begin) + 2;
    byte[] jpeg = Arrays.copyOfRange(avi, begin, end);
    int frame = indexOf(jpeg, 0xc0, 0);
    ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) height).putShort(frame + 7, (short) width);
    return jpeg;
  }

  private static int indexOf(byte[] bytes, int marker, int from) {
    int at = from;
    while ((bytes[at] & 0xff) != 0xff || (bytes[at + 1] & 0xff) != marker) {
      at++;
    }
    return at;
  }

  private static byte[] bytesOf(int value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static String bits(int value, int count) {
    StringBuilder bits = new StringBuilder();
    for (int bit = count - 1; bit >= 0; bit--) {
      bits.append(value >> bit & 1);
    }
    return bits.toString();
  }

  private static String golomb(int value) {
    int length = 32 - Integer.numberOfLeadingZeros(value + 1);
    return "0".repeat(length - 1) + bits(value + 1, length);
  }

  /** Bits, most significant first, filled up to whole bytes with zeros. */
  private static byte[] packed(String... parts) {
    String bits = String.join("", parts);
    byte[] bytes = new byte[(bits.length() + 7) / 8];
    for (int i = 0; i < bits.length(); i++) {
      bytes[i / 8] |= (byte) ((bits.charAt(i) - '0') << (7 - i % 8));
    }
    return bytes;
  }
}
