package io.tokenreel.video;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Changes MP4 files as the format allows and FFmpeg's muxer does not. */
final class Mp4Surgery {

  private Mp4Surgery() {}

  /** Moves what the movie holds beside its tracks, such as cover art, before them. */
  static void putMetadataFirst(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int movie = indexOf(bytes, "moov", 0) - 4;
    ByteArrayOutputStream metadata = new ByteArrayOutputStream();
    ByteArrayOutputStream tracks = new ByteArrayOutputStream();
    for (int box = movie + 8; box < movie + sizeAt(bytes, movie); box += sizeAt(bytes, box)) {
      boolean track = indexOf(bytes, "trak", box) == box + 4;
      (track ? tracks : metadata).write(bytes, box, sizeAt(bytes, box));
    }
    ByteBuffer.wrap(bytes)
        .position(movie + 8)
        .put(metadata.toByteArray())
        .put(tracks.toByteArray());
    Files.write(file, bytes);
  }

  /** A file with its index before its frames, as a file for the web has it. */
  static byte[] indexFirst(byte[] file) {
    int index = indexOf(file, "moov", 0) - 4;
    int first = sizeAt(file, 0);
    byte[] moved = Arrays.copyOf(file, file.length);
    System.arraycopy(file, index, moved, first, file.length - index);
    System.arraycopy(file, first, moved, first + file.length - index, index - first);
    ByteBuffer bytes = ByteBuffer.wrap(moved);
    int places = indexOf(moved, "stco", 0) + 12;
    for (int i = 0; i < bytes.getInt(places - 4); i++) {
      bytes.putInt(places + 4 * i, bytes.getInt(places + 4 * i) + file.length - index);
    }
    return moved;
  }

  /** Takes the mark from every track that players should choose it. */
  static void disableTracks(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int at = indexOf(bytes, "tkhd", 0); at >= 0; at = indexOf(bytes, "tkhd", at + 4)) {
      bytes[at + 7] &= ~1;
    }
    Files.write(file, bytes);
  }

  /**
   * Gives the file's one track an edit list.
   *
   * @param parts of each the first frame and how many, in the order in which they are shown
   */
  static void setEdits(Path file, int[]... parts) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer old = ByteBuffer.wrap(bytes);
    int listed = indexOf(bytes, "elst", 0);
    int start = listed < 0 ? 0 : old.getInt(listed + 16); // the first frame's time in the track
    int edts = indexOf(bytes, "edts", 0);
    if (edts >= 0) {
      old.position(edts).put("free".getBytes(ISO_8859_1));
    }
    long movieScale = old.getInt(indexOf(bytes, "mvhd", 0) + 16);
    long trackScale = old.getInt(indexOf(bytes, "mdhd", 0) + 16);
    long frame = old.getInt(indexOf(bytes, "stts", 0) + 16);
    ByteBuffer edits = ByteBuffer.allocate(24 + 12 * parts.length);
    edits.putInt(edits.capacity()).put("edts".getBytes(ISO_8859_1));
    edits.putInt(edits.capacity() - 8).put("elst".getBytes(ISO_8859_1));
    edits.putInt(0).putInt(parts.length);
    for (int[] part : parts) {
      edits.putInt((int) (part[1] * frame * movieScale / trackScale));
      edits.putInt((int) (start + part[0] * frame)).putInt(1 << 16);
    }
    int movie = indexOf(bytes, "moov", 0) - 4;
    int track = indexOf(bytes, "trak", movie) - 4;
    int end = track + sizeAt(bytes, track);
    old.putInt(track, sizeAt(bytes, track) + edits.capacity());
    old.putInt(movie, sizeAt(bytes, movie) + edits.capacity());
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, end);
    changed.writeBytes(edits.array());
    changed.write(bytes, end, bytes.length - end);
    Files.write(file, changed.toByteArray());
  }

  private static int sizeAt(byte[] bytes, int box) {
    return ByteBuffer.wrap(bytes).getInt(box);
  }

  private static int indexOf(byte[] bytes, String name, int from) {
    return new String(bytes, ISO_8859_1).indexOf(name, from);
  }
}
