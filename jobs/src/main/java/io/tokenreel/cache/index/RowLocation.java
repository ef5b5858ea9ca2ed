package io.tokenreel.cache.index;

import io.tokenreel.cache.CacheKey;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.Serializable;

/**
 * Where one row of {@code tokens/} lies, and what Parquet needs to decode it.
 *
 * @param key the row's
 * @param createdAtMicros microseconds since 1970, UTC
 * @param file name of the file in {@code tokens/}
 * @param start first byte of the row's row group
 * @param length bytes of the row group
 * @param ordinal rows of the row group that come before this one
 * @param footer a Parquet footer for this row group alone; shared, not written to
 */
public record RowLocation(
    CacheKey key,
    long createdAtMicros,
    String file,
    long start,
    int length,
    int ordinal,
    byte[] footer)
    implements Serializable {

  public String videoId() {
    return key.video().videoId();
  }

  /** Whether both are places of the same row. */
  boolean samePlace(RowLocation other) {
    return file.equals(other.file) && start == other.start && ordinal == other.ordinal;
  }

  void writeTo(DataOutputStream out) throws IOException {
    key.writeTo(out);
    out.writeLong(createdAtMicros);
    out.writeUTF(file);
    out.writeLong(start);
    out.writeInt(length);
    out.writeInt(ordinal);
    out.writeInt(footer.length);
    out.write(footer);
  }

  static RowLocation readFrom(DataInputStream in) throws IOException {
    return new RowLocation(
        CacheKey.readFrom(in),
        in.readLong(),
        in.readUTF(),
        in.readLong(),
        in.readInt(),
        in.readInt(),
        in.readNBytes(in.readInt()));
  }
}
