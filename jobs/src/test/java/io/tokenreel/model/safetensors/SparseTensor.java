package io.tokenreel.model.safetensors;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A stored matrix of any size that takes no disk: zeros, but for the first number of some rows. */
public final class SparseTensor {

  private SparseTensor() {}

  /**
   * Writes a file with one tensor.
   *
   * @param dtype BF16 or F32
   * @param first number of row {@code marked[i]} is {@code i + 1}
   */
  public static Tensor write(
      Path path, SafetensorsDtype dtype, long rows, long columns, int... marked)
      throws IOException {
    long bytes = rows * columns * dtype.bytes();
    byte[] header =
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}     "
            .formatted(dtype, rows, columns, bytes)
            .getBytes(StandardCharsets.UTF_8);
    int length = header.length / 4 * 4; // numbers are aligned
    long start = (long) Long.BYTES + length;
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(little(Long.BYTES).putLong(length).array());
      file.write(header, 0, length);
      file.setLength(start + bytes);
      for (int i = 0; i < marked.length; i++) {
        file.seek(start + marked[i] * columns * dtype.bytes());
        int bits = Float.floatToIntBits(i + 1);
        file.write(
            dtype == SafetensorsDtype.F32
                ? little(Integer.BYTES).putInt(bits).array()
                : little(Short.BYTES).putShort((short) (bits >>> Short.SIZE)).array());
      }
    }
    return SafetensorsFile.open(path).tensor("w");
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
