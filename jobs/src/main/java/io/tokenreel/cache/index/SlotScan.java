package io.tokenreel.cache.index;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** The slots of a table's file from first to last, one bucket in memory at a time. */
final class SlotScan implements Iterator<Slot> {

  private final InputStream in;
  private final int bucketBytes;
  private ByteBuffer bucket = ByteBuffer.allocate(0);
  private Slot next;

  SlotScan(InputStream in, int bucketBytes) {
    this.in = in;
    this.bucketBytes = bucketBytes;
    advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Slot next() {
    if (next == null) {
      throw new NoSuchElementException("the table has no more slots");
    }
    Slot slot = next;
    advance();
    return slot;
  }

  private void advance() {
    try {
      next = null;
      while (next == null) {
        if (!bucket.hasRemaining()) {
          bucket = ByteBuffer.wrap(in.readNBytes(bucketBytes));
          if (bucket.remaining() < bucketBytes) {
            return;
          }
        }
        next = Slot.readFrom(bucket);
        if (next == null) {
          bucket.position(bucket.limit());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
