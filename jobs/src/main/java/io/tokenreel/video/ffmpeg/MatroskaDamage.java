package io.tokenreel.video.ffmpeg;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Looks for damage in a Matroska file that FFmpeg's demuxer skips without a word.
 *
 * <p>FFmpeg's and others' muxers write checksums into clusters, tracks and times (RFC 9559, 6.2;
 * RFC 8794, 11.3.1), and nothing else tells of a changed bit in a coded picture, which decodes to
 * other pixels more often than not. A cluster is one for all streams, so damage in its sound counts
 * too. WebM has no checksums; there only the names of elements are looked at, because a block under
 * another name is a frame less.
 *
 * <p>Damage of an index, which no frame depends on, does not count.
 */
final class MatroskaDamage {

  private static final int SEGMENT = 0x18538067;
  private static final int INFO = 0x1549A966;
  private static final int TRACKS = 0x1654AE6B;
  private static final int CLUSTER = 0x1F43B675;
  private static final int VOID = 0xEC;
  private static final int CRC = 0xBF;
  private static final int CRC_BYTES = 4;
  private static final int TRACK = 0xAE;
  private static final int TRACK_NUMBER = 0xD7;
  private static final int TRACK_TYPE = 0x83;
  private static final int VIDEO = 1;
  private static final int SIMPLE_BLOCK = 0xA3;
  private static final int BLOCK_GROUP = 0xA0;
  private static final int BLOCK = 0xA1;

  /** The track's number, in one byte, the time and flags. */
  private static final int BLOCK_HEADER_BYTES = 4;

  /** Marks a number of one byte. */
  private static final int ONE_BYTE = 0x80;

  /** Also seek head, chapters, cues, attachments and tags. */
  private static final Set<Integer> IN_SEGMENT =
      Set.of(
          INFO,
          TRACKS,
          CLUSTER,
          VOID,
          CRC,
          0x114D9B74,
          0x1043A770,
          0x1C53BB6B,
          0x1941A469,
          0x1254C367);

  /** Simple block, block group, silent tracks. */
  private static final Set<Integer> IN_CLUSTER =
      Set.of(SIMPLE_BLOCK, BLOCK_GROUP, 0x5854, VOID, CRC);

  /** Time, position, previous size: numbers, of at most {@value #NUMBER_BYTES} bytes. */
  private static final Set<Integer> NUMBERS_IN_CLUSTER = Set.of(0xE7, 0xA7, 0xAB);

  private static final int NUMBER_BYTES = 8;

  private static final int BUFFER_BYTES = 1 << 16;

  /**
   * The head of an element.
   *
   * @param end where the element ends; -1 when that was not known as it began
   */
  private record Head(int id, long end) {}

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private CRC32 crc; // of what is read, from the checksum of the element in hand on; or null
  private long at;
  private final Set<Long> videos = new HashSet<>(); // numbers of tracks
  private long empty; // blocks of these without a byte

  private MatroskaDamage(InputStream in) {
    this.in = in;
  }

  /**
   * How many elements are damaged. Blocks of videos without a byte may count too: FFmpeg's parsers
   * pass on no packet for these. Those after one of unknown length, as live recordings have, are
   * not looked at.
   *
   * @param emptyIsLost whether a block without a byte stands for a lost frame, as of all but Theora
   */
  static long count(Path path, boolean emptyIsLost) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(path), BUFFER_BYTES)) {
      MatroskaDamage damage = new MatroskaDamage(in);
      long damaged = damage.count(Files.size(path));
      return emptyIsLost ? damaged + damage.empty : damaged;
    }
  }

  private long count(long fileEnd) throws IOException {
    long damaged = 0;
    try {
      skipTo(head().end());
      Head segment = head();
      if (segment.id() != SEGMENT) {
        return 0;
      }
      // What comes after the segment is no part of the video.
      long end = segment.end() < 0 ? fileEnd : Math.min(segment.end(), fileEnd);
      while (at < end) {
        Head element = head();
        if (element.end() < 0 || element.end() > end) {
          break; // what a file lacks at its end is reported elsewhere
        }
        int id = element.id();
        boolean sound = IN_SEGMENT.contains(id);
        if (id == CLUSTER || id == INFO || id == TRACKS) {
          sound = isSound(element);
        }
        damaged += sound ? 0 : 1;
        skipTo(element.end());
      }
    } catch (EOFException e) {
      // What is there was looked at.
    }
    return damaged;
  }

  private boolean isSound(Head element) throws IOException {
    long expected = 0;
    boolean known = true;
    boolean first = true;
    while (at < element.end()) {
      Head child = head();
      if (child.end() < 0 || child.end() > element.end()) {
        known = false;
        break;
      }
      if (first && child.id() == CRC && child.end() - at == CRC_BYTES) {
        expected = Integer.toUnsignedLong(Integer.reverseBytes((int) number(CRC_BYTES)));
        crc = new CRC32();
      }
      known &=
          IN_CLUSTER.contains(child.id())
              || (NUMBERS_IN_CLUSTER.contains(child.id()) && child.end() - at <= NUMBER_BYTES);
      first = false;
      if (element.id() == TRACKS && child.id() == TRACK) {
        readTrack(child);
      } else if (element.id() == CLUSTER) {
        countEmpty(child);
      }
      skipTo(child.end());
    }
    skipTo(element.end());
    boolean sound = crc == null ? known || element.id() != CLUSTER : crc.getValue() == expected;
    crc = null;
    return sound;
  }

  private void readTrack(Head track) throws IOException {
    long number = 0;
    long type = 0;
    while (at < track.end()) {
      Head child = head();
      long length = child.end() - at;
      if (child.end() > track.end() || length < 0) {
        return;
      }
      if (length <= NUMBER_BYTES && child.id() == TRACK_NUMBER) {
        number = number((int) length);
      } else if (length <= NUMBER_BYTES && child.id() == TRACK_TYPE) {
        type = number((int) length);
      }
      skipTo(child.end());
    }
    if (type == VIDEO) {
      videos.add(number);
    }
  }

  /** Looks at a block, or at the one that a group begins with. */
  private void countEmpty(Head child) throws IOException {
    Head block = child.id() == BLOCK_GROUP && at < child.end() ? head() : child;
    boolean isBlock = block.id() == (child.id() == BLOCK_GROUP ? BLOCK : SIMPLE_BLOCK);
    if (isBlock && block.end() - at == BLOCK_HEADER_BYTES) {
      empty += videos.contains((long) (read() ^ ONE_BYTE)) ? 1 : 0;
    }
  }

  private Head head() throws IOException {
    int first = read();
    int more = Math.min(Integer.numberOfLeadingZeros(first) - 24, 3);
    int id = (int) (((long) first << (8 * more)) | number(more));
    first = read();
    more = Math.min(Integer.numberOfLeadingZeros(first) - 24, 7);
    long mask = (1L << (7 * (more + 1))) - 1;
    long length = (((long) first << (8 * more)) | number(more)) & mask;
    return new Head(id, length == mask ? -1 : at + length);
  }

  private long number(int bytes) throws IOException {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | read();
    }
    return value;
  }

  private int read() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException();
    }
    at++;
    if (crc != null) {
      crc.update(value);
    }
    return value;
  }

  /** Forward only; does nothing when it is there or past it. */
  private void skipTo(long end) throws IOException {
    while (crc != null && at < end) {
      int read = in.readNBytes(buffer, 0, (int) Math.min(end - at, buffer.length));
      if (read == 0) {
        throw new EOFException();
      }
      crc.update(buffer, 0, read);
      at += read;
    }
    if (at < end) {
      in.skipNBytes(end - at);
      at = end;
    }
  }
}
