package io.tokenreel.video.ffmpeg;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/**
 * The head of an MP4 box.
 *
 * @param size of the whole box in bytes, as it says; 0 means to the end of the file
 * @param type four characters, whatever they are
 */
record Mp4Box(long size, String type) {

  static final int HEADER_BYTES = 8;
  private static final int NAME_BYTES = 4;

  /** Reads the head at a place behind which the file has {@value #HEADER_BYTES} bytes or more. */
  static Mp4Box at(RandomAccessFile file, long place) throws IOException {
    file.seek(place);
    long size = Integer.toUnsignedLong(file.readInt());
    byte[] name = new byte[NAME_BYTES];
    file.readFully(name);
    boolean isLong = size == 1 && place + 2 * HEADER_BYTES <= file.length();
    return new Mp4Box(
        isLong ? file.readLong() : size, new String(name, StandardCharsets.ISO_8859_1));
  }
}
