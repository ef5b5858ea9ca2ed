package io.tokenreel.video.ffmpeg;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks for the one kind of damage in an AVI file that costs a frame without a word from FFmpeg's
 * demuxer and that no sound file has: a chunk's header that is not what the index says, while the
 * chunks before and after are, and leave room for the chunk that the index says and no other. The
 * demuxer looks for the next header then.
 *
 * <p>An index that is wrong in any other way is none of the frames' concern.
 */
final class AviIndex {

  private static final int LIST = 0x4C495354;
  private static final int MOVIE = 0x6D6F7669; // "movi"
  private static final int INDEX = 0x69647831; // "idx1"
  private static final int HEADER_BYTES = 8;
  private static final int ENTRY_BYTES = 16;
  private static final int MAX_CHUNKS = 10_000;

  /**
   * What the index says of a chunk.
   *
   * @param id four characters, the first two the number of the stream
   * @param position of the chunk's header in the file
   * @param length of what comes after the header
   * @param found whether the header is there
   */
  private record Entry(int id, long position, long length, boolean found) {

    private static final Entry NONE = new Entry(0, -1, 0, false);

    long end() {
      return position + HEADER_BYTES + length + (length & 1);
    }

    boolean isOf(int stream) {
      return ((id >>> 24) - '0') * 10 + ((id >>> 16) & 0xff) - '0' == stream;
    }
  }

  private AviIndex() {}

  /** How many chunks of a stream have a header that is surely damaged. */
  static long brokenChunks(Path path, int stream) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long movie = -1;
      long at = 12;
      for (int chunk = 0; chunk < MAX_CHUNKS && at + 12 <= file.length(); chunk++) {
        file.seek(at);
        int id = file.readInt();
        long length = unsigned(Integer.reverseBytes(file.readInt()));
        if (id == LIST && file.readInt() == MOVIE) {
          movie = at + HEADER_BYTES;
        } else if (id == INDEX && movie >= 0) {
          long start = at + HEADER_BYTES;
          long entries = Math.min(length, file.length() - start) / ENTRY_BYTES;
          return brokenChunks(path, file, movie, start, entries, stream);
        }
        at += HEADER_BYTES + length + (length & 1);
      }
      return 0;
    }
  }

  private static long brokenChunks(
      Path path, RandomAccessFile file, long movie, long start, long entries, int stream)
      throws IOException {
    try (DataInputStream index =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
      index.skipNBytes(start);
      long count = 0;
      long base = -1;
      Entry before = Entry.NONE;
      Entry self = Entry.NONE;
      for (long i = 0; i < entries; i++) {
        int id = index.readInt();
        index.readInt(); // flags
        long position = unsigned(Integer.reverseBytes(index.readInt()));
        long length = unsigned(Integer.reverseBytes(index.readInt()));
        if (base < 0) {
          // Positions count from the list's name in most files and from the file's start in some.
          base = position < movie ? movie : 0;
        }
        Entry next = entry(file, id, base + position, length);
        boolean surrounded = before.end() == self.position() && self.end() == next.position();
        if (before.found() && next.found() && surrounded && !self.found() && self.isOf(stream)) {
          count++;
        }
        before = self;
        self = next;
      }
      return count;
    }
  }

  private static Entry entry(RandomAccessFile file, int id, long position, long length)
      throws IOException {
    boolean found = false;
    if (position + HEADER_BYTES <= file.length()) {
      byte[] header = new byte[HEADER_BYTES];
      file.seek(position);
      file.readFully(header);
      found =
          ByteBuffer.wrap(header).getInt() == id
              && unsigned(ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(4))
                  == length;
    }
    return new Entry(id, position, length, found);
  }

  private static long unsigned(int value) {
    return value & 0xffffffffL;
  }
}
