package io.tokenreel.cache.index;

import io.tokenreel.cache.VideoContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What one wave says of one video, as it lies in a records file: deflated.
 *
 * @param video with its bytes as of this wave
 * @param rows the rows that the wave wrote, which are of these bytes; none where they were there
 */
record IndexRecord(VideoContent video, List<RowLocation> rows) {

  /** A record of rows alone; the rows say the rest. */
  private static final int ROWS = 1;

  /** A record of a video whose rows are those of an earlier wave. */
  private static final int CONTENT = 2;

  IndexRecord {
    rows = List.copyOf(rows);
  }

  /** The record of a video's rows, of which there is one. */
  static IndexRecord of(List<RowLocation> rows) {
    return new IndexRecord(rows.get(rows.size() - 1).key().video(), rows);
  }

  byte[] toBytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(rows.isEmpty() ? CONTENT : ROWS);
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      if (rows.isEmpty()) {
        out.writeUTF(video.videoId());
        out.writeUTF(video.contentSha256());
      } else {
        out.writeInt(rows.size());
        for (RowLocation row : rows) {
          row.writeTo(out);
        }
      }
    }
    return bytes.toByteArray();
  }

  static IndexRecord of(byte[] bytes) throws IOException {
    int version = bytes.length == 0 ? 0 : bytes[0];
    if (version != ROWS && version != CONTENT) {
      throw new IOException(
          "an index record of version %d or %d was expected, found %s; %s"
              .formatted(
                  ROWS,
                  CONTENT,
                  version == 0 ? "nothing" : "version " + version,
                  LookupIndex.HOW_TO_REBUILD));
    }
    ByteArrayInputStream body = new ByteArrayInputStream(bytes, 1, bytes.length - 1);
    try (DataInputStream in = new DataInputStream(new InflaterInputStream(body))) {
      if (version == CONTENT) {
        return new IndexRecord(new VideoContent(in.readUTF(), in.readUTF()), List.of());
      }
      int count = in.readInt();
      List<RowLocation> rows = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        rows.add(RowLocation.readFrom(in));
      }
      return of(rows);
    }
  }
}
