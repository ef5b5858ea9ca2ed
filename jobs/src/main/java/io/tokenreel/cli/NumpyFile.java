package io.tokenreel.cli;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A vector of float32 as a file of NumPy, version 1.0 of the format: magic, version, the length of
 * a header that is a Python dictionary and ends at a multiple of 64 bytes, then the numbers.
 *
 * <p>Source: numpy.lib.format.
 */
final class NumpyFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int ALIGNMENT = 64;

  private NumpyFile() {}

  /** The file in base64, as requests carry it. */
  static String base64(List<?> values) {
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + values.size() + ",), }";
    int before = MAGIC.length + Short.BYTES;
    int padding = Math.floorMod(-(before + header.length() + 1), ALIGNMENT);
    byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer file =
        ByteBuffer.allocate(before + text.length + Float.BYTES * values.size())
            .order(ByteOrder.LITTLE_ENDIAN)
            .put(MAGIC)
            .putShort((short) text.length)
            .put(text);
    values.forEach(value -> file.putFloat((Float) value));
    return Base64.getEncoder().encodeToString(file.array());
  }
}
