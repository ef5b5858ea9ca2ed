package io.tokenreel.video.ffmpeg;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the frames of an AVI file end, by the lengths of its lists, in each of its RIFF chunks: a
 * file above a gigabyte has several (OpenDML).
 *
 * <p>Writers disagree about these lengths. Some count the byte that pads an odd chunk and leave it
 * out, some count a chunk's own header, and a recording that was broken off has none. So a list
 * that ends a few bytes after the file is followed chunk by chunk, and the lengths of all that
 * comes after the frames, such as the index, are not looked at.
 */
final class AviExtent {

  private static final int RIFF = 0x52494646;
  private static final int LIST = 0x4C495354;
  private static final int MOVIE = 0x6D6F7669; // "movi"
  private static final int INDEX = 0x69647831; // "idx1"
  private static final int MORE = 0x41564958; // "AVIX", a RIFF chunk behind the first one
  private static final int HEADER_BYTES = 8;
  private static final int NAME_BYTES = 4;

  /** A list's header and the byte that pads it. */
  private static final int MISCOUNT = HEADER_BYTES + NAME_BYTES + 1;

  private static final int MAX_CHUNKS = 10_000;

  /** Bytes behind a RIFF chunk among which the next one is looked for. */
  private static final int MOST_BETWEEN = 1 << 20;

  /** Broken off before a length was written, or longer than a length can say. */
  private static final long UNKNOWN = 0xffff_ff00L;

  private static final long NONE = -1;

  private final RandomAccessFile file;
  private final List<Span> indexes = new ArrayList<>();
  private long index = NONE; // of the RIFF chunk that is looked at
  private int chunks; // looked at so far

  AviExtent(RandomAccessFile file) {
    this.file = file;
  }

  /**
   * A run of bytes.
   *
   * @param to behind its last one
   */
  record Span(long from, long to) {

    boolean has(long place) {
      return place >= from && place < to;
    }
  }

  /**
   * The indexes, and what follows them, that stand behind lists of frames. With another length than
   * a list has, FFmpeg's demuxer takes their entries for frames.
   */
  static List<Span> indexes(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      AviExtent extent = new AviExtent(file);
      extent.end();
      return List.copyOf(extent.indexes);
    }
  }

  /** Where the last list of frames ends; at most the file's length when all are whole. */
  long end() throws IOException {
    long at = 0;
    long end = 0;
    while (isAt(at, RIFF) && chunks < MAX_CHUNKS) {
      long riffEnd = at + HEADER_BYTES + length(at);
      long frames = framesEnd(at + HEADER_BYTES + NAME_BYTES, riffEnd);
      end = Math.max(end, frames < 0 ? riffEnd : frames);
      at = next(riffEnd);
      if (index != NONE) { // its own length may be off: it goes up to what comes next
        indexes.add(new Span(index, at));
        index = NONE;
      }
    }
    return end;
  }

  /**
   * Where the RIFF chunk behind another one begins; the file's end where there is none. Some
   * writers count a chunk's header, or leave room between two.
   */
  private long next(long riffEnd) throws IOException {
    long from = Math.max(HEADER_BYTES, riffEnd - MISCOUNT);
    if (from >= file.length()) {
      return file.length();
    }
    byte[] bytes = new byte[(int) Math.min(MOST_BETWEEN, file.length() - from)];
    file.seek(from);
    file.readFully(bytes);
    ByteBuffer searched = ByteBuffer.wrap(bytes);
    for (int at = 0; at + HEADER_BYTES + NAME_BYTES <= bytes.length; at++) {
      if (searched.getInt(at) == RIFF && searched.getInt(at + HEADER_BYTES) == MORE) {
        return from + at;
      }
    }
    return file.length();
  }

  /** Where the list of frames ends in one RIFF chunk; -1 when there is none. */
  private long framesEnd(long first, long riffEnd) throws IOException {
    long at = first;
    while (at < riffEnd && at + HEADER_BYTES + NAME_BYTES <= file.length()) {
      long length = length(at);
      long end = at + HEADER_BYTES + length;
      if (++chunks > MAX_CHUNKS) {
        return 0;
      }
      if (isAt(at, LIST) && isAt(at + HEADER_BYTES, MOVIE)) {
        boolean known = length > NAME_BYTES && length < UNKNOWN;
        boolean miscounted = end > file.length() && end - file.length() <= MISCOUNT;
        long after = end + (end & 1);
        index = known && isAt(after, INDEX) ? after : NONE;
        return !known ? 0 : miscounted ? lastChunkEnd(at + HEADER_BYTES + NAME_BYTES) : end;
      }
      at = end + (end & 1);
    }
    return -1;
  }

  /** Where the chunk ends that reaches the end of the file, without its padding. */
  private long lastChunkEnd(long first) throws IOException {
    long at = first;
    long end = first;
    while (at + HEADER_BYTES <= file.length()) {
      end = at + HEADER_BYTES + length(at);
      at = end + (end & 1);
    }
    return end;
  }

  private boolean isAt(long at, int name) throws IOException {
    if (at + HEADER_BYTES > file.length()) {
      return false;
    }
    file.seek(at);
    return file.readInt() == name;
  }

  private long length(long at) throws IOException {
    file.seek(at + NAME_BYTES);
    return Integer.toUnsignedLong(Integer.reverseBytes(file.readInt()));
  }
}
