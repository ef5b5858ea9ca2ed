package io.tokenreel.cache;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;

/**
 * Finds a video's rows: one read of a bucket in each slot table (a finished cache has one), then
 * one read per wave that has rows of the video.
 *
 * <p>Holds no file open and caches nothing but the tables' names.
 */
final class LookupIndex {

  /** What to do about an index that is damaged. */
  static final String HOW_TO_REBUILD =
      "delete the folder _index, and the next precompute or compress into this output makes it anew";

  private final FileSystem fs;
  private final CacheLayout layout;
  private final List<SlotTable> tables;

  private LookupIndex(FileSystem fs, CacheLayout layout, List<SlotTable> tables) {
    this.fs = fs;
    this.layout = layout;
    this.tables = tables;
  }

  /**
   * Lists the index of an output.
   *
   * @throws FileNotFoundException when there is none; the message says how to make it
   */
  static LookupIndex open(FileSystem fs, CacheLayout layout) throws IOException {
    List<SlotTable> tables = tables(fs, layout);
    if (tables.isEmpty()) {
      throw new FileNotFoundException(
          "%s has no lookup index; the next precompute or compress into this output makes one from %s"
              .formatted(layout.root(), layout.table(CacheTable.TOKENS)));
    }
    return new LookupIndex(fs, layout, tables);
  }

  /** The slot tables in the order of their waves, without those that another one covers. */
  static List<SlotTable> tables(FileSystem fs, CacheLayout layout) throws IOException {
    List<SlotTable> all = new ArrayList<>();
    for (FileStatus status : CacheFiles.list(fs, layout.index())) {
      SlotTable table = SlotTable.of(status.getPath());
      if (table != null) {
        all.removeIf(table::covers);
        if (all.stream().noneMatch(known -> known.covers(table))) {
          all.add(table);
        }
      }
    }
    return all;
  }

  List<SlotTable> tables() {
    return tables;
  }

  static Path records(CacheLayout layout, long wave) {
    return new Path(layout.index(), "records-%06d.bin".formatted(wave));
  }

  /** All rows of a video, in the order they were committed. */
  List<RowLocation> locate(String videoId) throws IOException {
    long hash = Slot.hashOf(videoId);
    Set<Slot> slots = new LinkedHashSet<>();
    for (SlotTable table : tables) {
      try (FSDataInputStream in = open(fs, table.path())) {
        slots.addAll(table.probe(in, hash));
      }
    }
    List<RowLocation> rows = new ArrayList<>();
    for (Slot slot : slots) {
      for (RowLocation row : record(slot).rows()) {
        if (row.videoId().equals(videoId)) { // another id may have the same hash
          rows.add(row);
        }
      }
    }
    return rows;
  }

  private IndexRecord record(Slot slot) throws IOException {
    Path path = records(layout, slot.wave());
    byte[] bytes = new byte[slot.length()];
    try (FSDataInputStream in = open(fs, path)) {
      in.readFully(slot.position(), bytes);
    }
    if (Slot.crcOf(bytes) != slot.crc()) {
      throw new IOException(
          "%s is damaged at byte %d; %s".formatted(path, slot.position(), HOW_TO_REBUILD));
    }
    return IndexRecord.of(bytes);
  }

  /** Opens for a few reads at known places: no read-ahead, where the file system can be told. */
  static FSDataInputStream open(FileSystem fs, Path path) throws IOException {
    return FutureIO.awaitFuture(
        fs.openFile(path).opt("fs.option.openfile.read.policy", "random").build());
  }
}
