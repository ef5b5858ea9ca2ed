package io.tokenreel.video.ffmpeg;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a file ends before its container says so. FFmpeg reads a file that was cut at the right
 * place to its end without a word, so this looks at the outermost lengths itself: MP4 boxes,
 * Matroska's segment, AVI's lists of chunks, Flash's tags.
 *
 * <p>Only what frames depend on can be missing. Bytes after the video, such as an ID3 or APE tag,
 * padding or the rest of another file, are read as a length by whoever expects a box, and declare
 * nothing; a padding box or an index that is cut costs no frame.
 */
final class FileExtent {

  private static final long EBML_HEADER = 0x1A45DFA3L;
  private static final long MATROSKA_SEGMENT = 0x18538067L;
  private static final int MAX_BOXES = 1_000_000;

  /** Boxes that hold frames or say where they are, or after which such boxes come. */
  private static final Set<String> NEEDED_BOXES =
      Set.of("mdat", "moov", "moof", "styp", "sidx", "ssix", "emsg", "prft");

  private static final Set<String> FIRST_BOXES =
      Set.of("ftyp", "moov", "mdat", "wide", "free", "skip", "styp", "pnot", "uuid");

  private FileExtent() {}

  /** What is missing, for a person; empty when nothing is or when the container does not say. */
  static Optional<String> missing(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      if (file.length() < 16) {
        return Optional.empty();
      }
      long head = file.readInt() & 0xffffffffL;
      String type = fourCharacters(file);
      long declared;
      if (head == EBML_HEADER) {
        declared = matroskaEnd(file);
      } else if (head == 0x52494646L) {
        declared = new AviExtent(file).end();
      } else if (head >>> 8 == FlvExtent.SIGNATURE) {
        declared = new FlvExtent(file).end();
      } else if (FIRST_BOXES.contains(type)) {
        declared = boxesEnd(file);
      } else {
        return Optional.empty();
      }
      return declared > file.length()
          ? Optional.of(
              "the file ends at byte %d of the %d that it declares"
                  .formatted(file.length(), declared))
          : Optional.empty();
    }
  }

  /** Where the boxes end that are needed; at most the file's length when these are whole. */
  private static long boxesEnd(RandomAccessFile file) throws IOException {
    long at = 0;
    boolean index = false;
    boolean media = false;
    for (int box = 0; box < MAX_BOXES && at + Mp4Box.HEADER_BYTES <= file.length(); box++) {
      Mp4Box head = Mp4Box.at(file, at);
      long size = head.size();
      String type = head.type();
      boolean plausible = type.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
      // 0 means "to the end of the file"; padding and junk after the last box declare nothing.
      if (size < 8 || !plausible) {
        return at;
      }
      boolean whole = index && media;
      if (size > file.length() - at && whole && !NEEDED_BOXES.contains(type)) {
        return at;
      }
      index |= type.equals("moov");
      media |= type.equals("mdat") || type.equals("moof");
      at += size;
    }
    return at;
  }

  private static long matroskaEnd(RandomAccessFile file) throws IOException {
    file.seek(4);
    long at = file.getFilePointer();
    long headerLength = variableLength(file);
    file.seek(file.getFilePointer() + Math.max(0, headerLength));
    if (file.getFilePointer() + 12 > file.length()
        || (file.readInt() & 0xffffffffL) != MATROSKA_SEGMENT) {
      return at;
    }
    long length = variableLength(file);
    return length < 0 ? at : file.getFilePointer() + length;
  }

  /** An EBML length, or -1 for the reserved "unknown". */
  private static long variableLength(RandomAccessFile file) throws IOException {
    int first = file.readUnsignedByte();
    int more = Integer.numberOfLeadingZeros(first) - 24;
    if (more > 7) {
      return -1;
    }
    long value = first & (0x7f >> more);
    for (int i = 0; i < more; i++) {
      value = value << 8 | file.readUnsignedByte();
    }
    long unknown = (1L << (7 * (more + 1))) - 1;
    return value == unknown ? -1 : value;
  }

  private static String fourCharacters(RandomAccessFile file) throws IOException {
    byte[] name = new byte[4];
    file.readFully(name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }
}
