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

  private static int sizeAt(byte[] bytes, int box) {
    return ByteBuffer.wrap(bytes).getInt(box);
  }

  private static int indexOf(byte[] bytes, String name, int from) {
    return new String(bytes, ISO_8859_1).indexOf(name, from);
  }
}
