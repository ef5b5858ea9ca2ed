package io.tokenreel.video.ffmpeg;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Whether a file of MP4 boxes is a picture (HEIF: HEIC, AVIF), of which FFmpeg makes a stream of
 * one frame for each tile: it has items, and neither a movie nor fragments of one.
 */
final class HeifPicture {

  private static final int HEADER_BYTES = 8;
  private static final int MAX_BOXES = 10_000;

  private HeifPicture() {}

  static boolean is(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      boolean items = false;
      long at = 0;
      for (int box = 0; box < MAX_BOXES && at + HEADER_BYTES <= file.length(); box++) {
        file.seek(at);
        long size = Integer.toUnsignedLong(file.readInt());
        byte[] name = new byte[4];
        file.readFully(name);
        String type = new String(name, StandardCharsets.ISO_8859_1);
        if (type.equals("moov") || type.equals("moof")) {
          return false;
        }
        items |= type.equals("meta");
        size = size == 1 && at + 2 * HEADER_BYTES <= file.length() ? file.readLong() : size;
        if (size < HEADER_BYTES) {
          break; // to the end of the file, or no box
        }
        at += size;
      }
      return items;
    }
  }
}
