package io.tokenreel.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** The rows that one wave wrote for one video, as they lie in a records file: deflated. */
record IndexRecord(List<RowLocation> rows) {

  private static final int VERSION = 1;

  IndexRecord {
    rows = List.copyOf(rows);
  }

  byte[] toBytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(VERSION);
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      out.writeInt(rows.size());
      for (RowLocation row : rows) {
        row.writeTo(out);
      }
    }
    return bytes.toByteArray();
  }

  static IndexRecord of(byte[] bytes) throws IOException {
    if (bytes.length == 0 || bytes[0] != VERSION) {
      throw new IOException(
          "an index record of version %d was expected, found %s; %s"
              .formatted(
                  VERSION,
                  bytes.length == 0 ? "nothing" : "version " + bytes[0],
                  LookupIndex.HOW_TO_REBUILD));
    }
    ByteArrayInputStream body = new ByteArrayInputStream(bytes, 1, bytes.length - 1);
    try (DataInputStream in = new DataInputStream(new InflaterInputStream(body))) {
      int count = in.readInt();
      List<RowLocation> rows = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        rows.add(RowLocation.readFrom(in));
      }
      return new IndexRecord(rows);
    }
  }
}
