package io.tokenreel.cache.index;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.zip.CRC32;
import org.apache.parquet.column.values.bloomfilter.XxHash;

/**
 * One entry of a slot table: a video's hash and the place of its record.
 *
 * @param hash XXH64 (seed 0) of the video's id in UTF-8, the hash that Parquet's bloom filters use
 * @param wave the records file that holds the record
 * @param length bytes of the record, above 0
 * @param position first byte of the record
 * @param crc CRC-32 of the record
 */
record Slot(long hash, int wave, int length, long position, int crc) {

  /** Bytes of a slot: the fields in this order, big-endian, and four bytes of zero. */
  static final int BYTES = 32;

  /** By hash as an unsigned number; equal slots of two tables come together. */
  static final Comparator<Slot> ORDER =
      ((Comparator<Slot>) (a, b) -> Long.compareUnsigned(a.hash, b.hash))
          .thenComparingInt(Slot::wave)
          .thenComparingLong(Slot::position);

  static long hashOf(String videoId) {
    return new XxHash().hashBytes(videoId.getBytes(StandardCharsets.UTF_8));
  }

  static int crcOf(byte[] record) {
    CRC32 crc = new CRC32();
    crc.update(record);
    return (int) crc.getValue();
  }

  void writeTo(ByteBuffer buffer) {
    buffer.putLong(hash).putInt(wave).putInt(length).putLong(position).putInt(crc).putInt(0);
  }

  /** Reads the next slot, or null when it is empty. */
  static Slot readFrom(ByteBuffer buffer) {
    Slot slot =
        new Slot(
            buffer.getLong(), buffer.getInt(), buffer.getInt(), buffer.getLong(), buffer.getInt());
    buffer.getInt();
    return slot.length == 0 ? null : slot;
  }
}
