package io.tokenreel.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Set;

/**
 * What the bytes of a video file are for: some say what nothing else in the file repeats, so that
 * no decoder can know that they were changed; all others, such as names, lengths and places, can be
 * held against the rest.
 *
 * @param pictures {@code [byte]}, set where a coded picture is
 * @param tables {@code [byte]}, set where times, edits, sizes and colours are said, once
 * @param checked whether checksums cover pictures and tables
 */
record Layout(BitSet pictures, BitSet tables, boolean checked) {

  private static final int EBML_HEADER = 0x1A45DFA3;

  private static final Set<String> MP4_PATH = Set.of("moov", "trak", "mdia", "minf", "stbl");
  private static final Set<String> MP4_TABLES =
      Set.of("mvhd", "tkhd", "mdhd", "edts", "stts", "ctts", "stsd");

  private static final int INFO = 0x1549A966;
  private static final int TRACKS = 0x1654AE6B;
  private static final int CLUSTER_TIME = 0xE7;
  private static final int BLOCK = 0xA1;
  private static final int SIMPLE_BLOCK = 0xA3;
  private static final int CRC = 0xBF;

  private static final int CLUSTER = 0x1F43B675;

  /** Segment, cluster, block group. */
  private static final Set<Integer> MATROSKA_PATH = Set.of(0x18538067, CLUSTER, 0xA0);

  /**
   * @param file whole and sound, of MP4, MOV, Matroska or WebM
   */
  static Layout of(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    BitSet pictures = new BitSet(file.length);
    BitSet tables = new BitSet(file.length);
    boolean checked = false;
    if (bytes.getInt(0) == EBML_HEADER) {
      checked = readElements(bytes, 0, file.length, pictures, tables, false);
    } else {
      readBoxes(bytes, 0, file.length, pictures, tables);
    }
    return new Layout(pictures, tables, checked);
  }

  private static void readBoxes(ByteBuffer file, int from, int to, BitSet pictures, BitSet tables) {
    for (int box = from; box + 8 <= to; box += file.getInt(box)) {
      int end = box + file.getInt(box);
      byte[] name = new byte[4];
      file.get(box + 4, name);
      String type = new String(name, ISO_8859_1);
      if (type.equals("mdat")) {
        pictures.set(box + 8, end);
      } else if (MP4_TABLES.contains(type)) {
        tables.set(box, end);
      } else if (MP4_PATH.contains(type)) {
        readBoxes(file, box + 8, end, pictures, tables);
      }
    }
  }

  /** Returns whether blocks lie in elements with a checksum. */
  private static boolean readElements(
      ByteBuffer file, int from, int to, BitSet pictures, BitSet tables, boolean inCluster) {
    boolean checksum = false;
    for (int at = from; at < to; ) {
      int idBytes = Integer.numberOfLeadingZeros(file.get(at) & 0xff) - 23;
      int id = (int) number(file, at, idBytes);
      at += idBytes;
      int lengthBytes = Integer.numberOfLeadingZeros(file.get(at) & 0xff) - 23;
      int length = (int) (number(file, at, lengthBytes) & ~(1L << (7 * lengthBytes)));
      at += lengthBytes;
      if (MATROSKA_PATH.contains(id)) {
        checksum |= readElements(file, at, at + length, pictures, tables, id == CLUSTER);
      } else if (id == SIMPLE_BLOCK || id == BLOCK) {
        tables.set(at + 1, at + 4); // after the track's number: time and flags
        pictures.set(at + 4, at + length);
      } else if (id == INFO || id == TRACKS || id == CLUSTER_TIME) {
        tables.set(at, at + length);
      }
      checksum |= id == CRC && inCluster;
      at += length;
    }
    return checksum;
  }

  private static long number(ByteBuffer file, int at, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value = value << 8 | (file.get(at + i) & 0xff);
    }
    return value;
  }

  /** Whether nothing in a damaged copy of the file need tell that it is damaged. */
  boolean mayGoUnnoticed(byte[] file, byte[] damaged) {
    if (checked || damaged.length != file.length) {
      return false;
    }
    for (int i = 0; i < file.length; i++) {
      if (file[i] != damaged[i] && (pictures.get(i) || tables.get(i))) {
        return true;
      }
    }
    return false;
  }
}
