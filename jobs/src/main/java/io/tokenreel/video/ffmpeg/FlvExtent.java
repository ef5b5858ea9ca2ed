package io.tokenreel.video.ffmpeg;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * Where the tags of a Flash video end. A tag has a header of 11 bytes with its type and length, and
 * after its data stands how long it was.
 *
 * <p>FFmpeg's demuxer logs an error for whatever follows the last tag, such as the zeros by which
 * some servers pad a recording. What follows is damage only where tags come after it.
 */
final class FlvExtent {

  static final int SIGNATURE = 0x464C56; // "FLV"

  private static final int VERSION_BITS = 8;
  private static final int DATA_OFFSET_AT = 5;
  private static final int TAG_BYTES = 11;
  private static final int STREAM_AT = 8; // in a tag's header; three bytes, always 0
  private static final int LINK_BYTES = 4;
  private static final int ENCRYPTED = 0x20;
  private static final int AUDIO = 8;
  private static final int VIDEO = 9;
  private static final int SCRIPT = 18;
  private static final int BUFFER_BYTES = 1 << 16;

  private final RandomAccessFile file;
  private final byte[] header = new byte[TAG_BYTES];
  private long end; // of the tags, without the length behind the last
  private long next; // where the next tag would begin
  private boolean hasVideo;

  FlvExtent(RandomAccessFile file) throws IOException {
    this.file = file;
    file.seek(DATA_OFFSET_AT);
    next = Integer.toUnsignedLong(file.readInt()) + LINK_BYTES;
    end = next;
    while (next < file.length() && isTag(next)) {
      hasVideo |= (header[0] & ~ENCRYPTED) == VIDEO;
      end = next + TAG_BYTES + dataBytes();
      next = end + LINK_BYTES;
    }
  }

  /** Where the last tag ends; at most the file's length when all are whole. */
  long end() throws IOException {
    return end > file.length() && isFollowed() ? file.length() : end;
  }

  /**
   * Where a file ends for a demuxer: behind the last tag, where something else stands there.
   *
   * @return {@link Long#MAX_VALUE} for a file that has no such bytes, or is no Flash video
   */
  static long videoEnd(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() <= DATA_OFFSET_AT + Integer.BYTES
          || file.readInt() >>> VERSION_BITS != SIGNATURE) {
        return Long.MAX_VALUE;
      }
      FlvExtent extent = new FlvExtent(file);
      boolean hasTail = extent.hasVideo && extent.next < file.length() && !extent.isFollowed();
      return hasTail ? extent.next : Long.MAX_VALUE;
    }
  }

  private boolean isTag(long at) throws IOException {
    if (at + TAG_BYTES > file.length()) {
      return false;
    }
    file.seek(at);
    file.readFully(header);
    return isHeader(header, 0);
  }

  private static boolean isHeader(byte[] bytes, int at) {
    int type = bytes[at] & ~ENCRYPTED;
    return (type == AUDIO || type == VIDEO || type == SCRIPT)
        && number(bytes, at + STREAM_AT) == 0
        && number(bytes, at + 1) > 0;
  }

  private long dataBytes() {
    return number(header, 1);
  }

  /** Whether a whole tag begins somewhere behind the beginning of the last that was found. */
  private boolean isFollowed() throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
    long from = end > file.length() ? end - dataBytes() - TAG_BYTES + 1 : next;
    for (long at = from; at + TAG_BYTES <= file.length(); at += BUFFER_BYTES - TAG_BYTES) {
      file.seek(at);
      int read = (int) Math.min(BUFFER_BYTES, file.length() - at);
      file.readFully(bytes, 0, read);
      for (int i = 0; i + TAG_BYTES <= read; i++) {
        if (isHeader(bytes, i) && isLinked(at + i, number(bytes, i + 1))) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether the length behind a tag says how long it was. */
  private boolean isLinked(long at, int dataBytes) throws IOException {
    long link = at + TAG_BYTES + dataBytes;
    if (link + LINK_BYTES > file.length()) {
      return false;
    }
    file.seek(link);
    return file.readInt() == TAG_BYTES + dataBytes;
  }

  /** Of three bytes. */
  private static int number(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 16 | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff);
  }
}
