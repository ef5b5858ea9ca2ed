package io.tokenreel.cache.index;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * A hash table in a file: buckets of 64 {@link Slot}s, filled to half on average, a full bucket
 * passing on to the next. A slot's bucket is the high part of {@code hash * buckets}, which rises
 * with the hash: the slots of a table lie in the order of their hashes, so tables merge in one pass
 * with no memory to speak of.
 *
 * <p>The file is {@code slots-<first wave>-<last wave>-<buckets>.idx}; what a reader must know to
 * find a bucket is in the name, so that a lookup reads nothing but the bucket.
 *
 * @param path the file
 * @param firstWave first wave whose records it points to
 * @param lastWave last wave whose records it points to
 * @param buckets home buckets; the file has more when the last ones overflowed
 */
public record SlotTable(Path path, long firstWave, long lastWave, int buckets) {

  private static final int BUCKET_SLOTS = 64;
  static final int BUCKET_BYTES = BUCKET_SLOTS * Slot.BYTES;
  private static final int MEAN_SLOTS = BUCKET_SLOTS / 2;

  private static final Pattern NAME = Pattern.compile("slots-(\\d+)-(\\d+)-(\\d+)\\.idx");

  /** The table of a path, or null when the name is not that of a table. */
  static SlotTable of(Path path) {
    Matcher name = NAME.matcher(path.getName());
    return name.matches()
        ? new SlotTable(
            path,
            Long.parseLong(name.group(1)),
            Long.parseLong(name.group(2)),
            Integer.parseInt(name.group(3)))
        : null;
  }

  /** The table that is to hold {@code slots} slots of the waves. */
  static SlotTable planned(Path folder, long firstWave, long lastWave, long slots) {
    int buckets = Math.toIntExact(Math.max(1, (slots + MEAN_SLOTS - 1) / MEAN_SLOTS));
    String name =
        String.format(Locale.ROOT, "slots-%06d-%06d-%d.idx", firstWave, lastWave, buckets);
    return new SlotTable(new Path(folder, name), firstWave, lastWave, buckets);
  }

  /** Whether every wave of the other table is among this one's. */
  boolean covers(SlotTable other) {
    return firstWave <= other.firstWave && other.lastWave <= lastWave;
  }

  private long bucketOf(long hash) {
    return Math.multiplyHigh(hash >>> 1, (long) buckets << 1);
  }

  /** The slots with this hash: one read of a bucket, and in rare cases of the next. */
  List<Slot> probe(FSDataInputStream in, long hash) throws IOException {
    List<Slot> found = new ArrayList<>();
    byte[] bytes = new byte[BUCKET_BYTES];
    for (long bucket = bucketOf(hash); ; bucket++) {
      try {
        in.readFully(bucket * BUCKET_BYTES, bytes);
      } catch (EOFException e) {
        if (bucket < buckets) {
          throw new IOException(path + " is cut short; " + LookupIndex.HOW_TO_REBUILD, e);
        }
        return found; // the last bucket was full, and nothing overflowed
      }
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        Slot slot = Slot.readFrom(buffer);
        if (slot == null) {
          return found;
        }
        if (slot.hash() == hash) {
          found.add(slot);
        }
      }
    }
  }

  /** Writes the table from slots in {@link Slot#ORDER}. */
  void write(Iterator<Slot> slots, OutputStream out) throws IOException {
    Deque<Slot> waiting = new ArrayDeque<>();
    Slot next = slots.hasNext() ? slots.next() : null;
    for (long bucket = 0; bucket < buckets || !waiting.isEmpty(); bucket++) {
      while (next != null && bucketOf(next.hash()) <= bucket) {
        waiting.add(next);
        next = slots.hasNext() ? slots.next() : null;
      }
      ByteBuffer buffer = ByteBuffer.allocate(BUCKET_BYTES);
      while (buffer.hasRemaining() && !waiting.isEmpty()) {
        waiting.remove().writeTo(buffer);
      }
      out.write(buffer.array());
    }
  }

  /** All slots of an opened table in their order; the stream stays open. */
  static Iterator<Slot> scan(FSDataInputStream in) {
    return new SlotScan(in, BUCKET_BYTES);
  }
}
