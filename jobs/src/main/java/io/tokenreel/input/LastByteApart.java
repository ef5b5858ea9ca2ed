package io.tokenreel.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;

/**
 * A stream that gives its last byte by a read of its own. zstd-jni asks only after a read whether a
 * frame is open: where one ends and the next begins among the bytes of the last read, it takes a
 * next frame that is cut for the end.
 */
final class LastByteApart extends PushbackInputStream {

  LastByteApart(InputStream in) {
    super(in);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    if (read > 1) {
      unread(bytes[offset + --read]);
    }
    return read;
  }
}
