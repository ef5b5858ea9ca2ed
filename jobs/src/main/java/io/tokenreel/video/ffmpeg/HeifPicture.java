package io.tokenreel.video.ffmpeg;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * Whether a file of MP4 boxes is a picture (HEIF: HEIC, AVIF), of which FFmpeg makes a stream of
 * one frame for each tile: it has items, and neither a movie nor fragments of one.
 */
final class HeifPicture {

  private static final int MAX_BOXES = 10_000;

  private HeifPicture() {}

  static boolean is(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      boolean items = false;
      long at = 0;
      for (int box = 0; box < MAX_BOXES && at + Mp4Box.HEADER_BYTES <= file.length(); box++) {
        Mp4Box head = Mp4Box.at(file, at);
        if (head.type().equals("moov") || head.type().equals("moof")) {
          return false;
        }
        items |= head.type().equals("meta");
        if (head.size() < Mp4Box.HEADER_BYTES) {
          break; // to the end of the file, or no box
        }
        at += head.size();
      }
      return items;
    }
  }
}
