package io.tokenreel.cache.index;

import static java.util.stream.Collectors.toSet;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
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
public final class LookupIndex {

  /** What to do about an index that is damaged. */
  public static final String HOW_TO_REBUILD =
      "delete the folder _index, and the next precompute or compress into this output rebuilds it";

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
  public static LookupIndex open(FileSystem fs, CacheLayout layout) throws IOException {
    List<SlotTable> tables = tables(fs, layout);
    if (tables.isEmpty()) {
      throw new FileNotFoundException(
          "%s has no lookup index; the next precompute or compress into this output makes one from %s"
              .formatted(layout.root(), layout.table(CacheTable.TOKENS)));
    }
    return new LookupIndex(fs, layout, tables);
  }

  /** The slot tables in the order of their waves, without those that another one covers. */
  public static List<SlotTable> tables(FileSystem fs, CacheLayout layout) throws IOException {
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
    return records(videoId).stream().flatMap(record -> record.rows().stream()).toList();
  }

  /** Whether any wave says anything of a video. */
  public boolean knows(String videoId) throws IOException {
    return !records(videoId).isEmpty();
  }

  /** The rows of a video's current bytes, one per encoder, sampling and compression. */
  public List<RowLocation> locateCurrent(String videoId) throws IOException {
    return current(records(videoId));
  }

  /**
   * The same, without records: of the files of the waves that the index names all rows are looked
   * at. For the time in which a writer replaces files.
   */
  public List<RowLocation> scanCurrent(Configuration conf, String videoId) throws IOException {
    SortedMap<Long, List<IndexRecord>> byWave = new TreeMap<>();
    Set<Long> waves = slots(videoId).stream().map(slot -> (long) slot.wave()).collect(toSet());
    for (FileStatus file : CacheFiles.listTable(fs, layout.table(CacheTable.CONTENTS))) {
      long wave = CacheLayout.waveOf(file.getPath());
      if (waves.contains(wave)) {
        new ContentScan(TaskConfiguration.of(conf))
            .call(UserPath.text(file.getPath()))
            .forEachRemaining(
                said -> byWave.computeIfAbsent(wave, w -> new ArrayList<>()).add(said));
      }
    }
    for (FileStatus file : CacheFiles.listTable(fs, layout.table(CacheTable.TOKENS))) {
      long wave = CacheLayout.waveOf(file.getPath());
      if (waves.contains(wave)) {
        new RowScan(TaskConfiguration.of(conf))
            .call(UserPath.text(file.getPath()))
            .forEachRemaining(
                row ->
                    byWave
                        .computeIfAbsent(wave, w -> new ArrayList<>())
                        .add(IndexRecord.of(List.of(row))));
      }
    }
    return current(
        byWave.values().stream()
            .flatMap(List::stream)
            .filter(record -> record.video().videoId().equals(videoId))
            .toList());
  }

  /**
   * Of what waves say of a video, in their order, the rows of the bytes that the last one names.
   */
  private static List<RowLocation> current(List<IndexRecord> records) {
    if (records.isEmpty()) {
      return List.of();
    }
    VideoContent current = records.get(records.size() - 1).video();
    return records.stream()
        .flatMap(record -> record.rows().stream())
        .filter(row -> row.key().video().equals(current))
        .toList();
  }

  /** What the waves say of a video, in their order. */
  private List<IndexRecord> records(String videoId) throws IOException {
    List<IndexRecord> records = new ArrayList<>();
    for (Slot slot : slots(videoId)) {
      IndexRecord record = record(slot);
      if (record.video().videoId().equals(videoId)) { // another id may have the same hash
        records.add(record);
      }
    }
    return records;
  }

  /** The slots of a video, and of others with its hash, in the order of their waves. */
  private SortedSet<Slot> slots(String videoId) throws IOException {
    long hash = Slot.hashOf(videoId);
    SortedSet<Slot> slots =
        new TreeSet<>(Comparator.comparingInt(Slot::wave).thenComparing(Slot.ORDER));
    for (SlotTable table : tables) {
      try (FSDataInputStream in = open(fs, table.path())) {
        slots.addAll(table.probe(in, hash));
      }
    }
    return slots;
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

  /**
   * Opens for a few reads at known places: no read-ahead, where the file system has such an option.
   */
  public static FSDataInputStream open(FileSystem fs, Path path) throws IOException {
    return FutureIO.awaitFuture(
        fs.openFile(path).opt("fs.option.openfile.read.policy", "random").build());
  }
}
