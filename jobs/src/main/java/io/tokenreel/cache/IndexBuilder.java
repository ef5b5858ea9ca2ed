package io.tokenreel.cache;

import io.tokenreel.files.UserPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Writes the lookup index, which is derived from {@code tokens/} and can be made again at any time.
 *
 * <p>A wave adds a records file and a slot table. Slot tables are merged whenever the one before is
 * not at least twice as large, so that n waves leave at most log2(n) tables and every slot is
 * rewritten at most log2(n) times; {@link #mergeAll} leaves one.
 */
final class IndexBuilder {

  private final SparkSession spark;
  private final CacheFiles files;
  private final CacheLayout layout;

  IndexBuilder(SparkSession spark, CacheFiles files, CacheLayout layout) {
    this.spark = spark;
    this.files = files;
    this.layout = layout;
  }

  /** Indexes the rows of one wave's files. */
  void addWave(long wave, List<Path> tokenFiles) throws IOException {
    if (tokenFiles.isEmpty()) {
      return;
    }
    Map<String, List<RowLocation>> rowsByVideo =
        scan(tokenFiles).stream()
            .collect(
                Collectors.groupingBy(RowLocation::videoId, TreeMap::new, Collectors.toList()));
    List<Slot> slots = new ArrayList<>();
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Map.Entry<String, List<RowLocation>> video : rowsByVideo.entrySet()) {
      byte[] record = new IndexRecord(video.getValue()).toBytes();
      slots.add(
          new Slot(
              Slot.hashOf(video.getKey()),
              Math.toIntExact(wave),
              record.length,
              records.size(),
              Slot.crcOf(record)));
      records.write(record);
    }
    slots.sort(Slot.ORDER);
    files.write(LookupIndex.records(layout, wave), records::writeTo);
    SlotTable table = SlotTable.planned(layout.index(), wave, wave, slots.size());
    files.write(table.path(), out -> table.write(slots.iterator(), out));
  }

  /** The rows of files of {@code tokens/}, found by a Spark job with one task per file. */
  private List<RowLocation> scan(List<Path> tokenFiles) {
    List<String> names = tokenFiles.stream().map(UserPath::text).toList();
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(names, names.size())
        .flatMap(new RowScan(spark.sparkContext().hadoopConfiguration()))
        .collect();
  }

  /** Merges the latest tables as far as the sizes call for it. */
  void mergeLatest() throws IOException {
    List<SlotTable> tables = LookupIndex.tables(files.fileSystem(), layout);
    int first = tables.size() - 1;
    long buckets = first < 0 ? 0 : tables.get(first).buckets();
    while (first > 0 && tables.get(first - 1).buckets() < 2 * buckets) {
      first--;
      buckets += tables.get(first).buckets();
    }
    if (first >= 0) {
      merge(tables.subList(first, tables.size()));
    }
  }

  /** Merges all tables into one. */
  void mergeAll() throws IOException {
    merge(LookupIndex.tables(files.fileSystem(), layout));
  }

  /** Deletes tables that a merged one covers; a crash between merging and this leaves them. */
  void deleteCovered() throws IOException {
    List<SlotTable> current = LookupIndex.tables(files.fileSystem(), layout);
    for (FileStatus status : files.list(layout.index())) {
      SlotTable table = SlotTable.of(status.getPath());
      if (table != null && !current.contains(table)) {
        files.delete(table.path());
      }
    }
  }

  /** Makes the index anew from the committed files. */
  void rebuild() throws IOException {
    files.delete(layout.index());
    Map<Long, List<Path>> filesByWave =
        files.list(layout.table(CacheTable.TOKENS)).stream()
            .map(FileStatus::getPath)
            .collect(Collectors.groupingBy(CacheLayout::waveOf, TreeMap::new, Collectors.toList()));
    for (Map.Entry<Long, List<Path>> wave : filesByWave.entrySet()) {
      addWave(wave.getKey(), wave.getValue());
      mergeLatest();
    }
    mergeAll();
  }

  private void merge(List<SlotTable> tables) throws IOException {
    if (tables.size() > 1) {
      long slots = 0;
      try (Merge counted = new Merge(tables)) {
        for (; counted.hasNext(); counted.next()) {
          slots++;
        }
      }
      SlotTable merged =
          SlotTable.planned(
              layout.index(),
              tables.get(0).firstWave(),
              tables.get(tables.size() - 1).lastWave(),
              slots);
      try (Merge all = new Merge(tables)) {
        files.write(merged.path(), out -> merged.write(all, out));
      }
    }
    deleteCovered();
  }

  /** The slots of several tables in one order, each once. */
  private final class Merge implements Iterator<Slot>, AutoCloseable {

    private record Source(Slot head, Iterator<Slot> rest) {}

    private final List<FSDataInputStream> streams = new ArrayList<>();
    private final PriorityQueue<Source> sources =
        new PriorityQueue<>((a, b) -> Slot.ORDER.compare(a.head(), b.head()));

    Merge(List<SlotTable> tables) throws IOException {
      for (SlotTable table : tables) {
        FSDataInputStream in = files.fileSystem().open(table.path());
        streams.add(in);
        push(SlotTable.scan(in));
      }
    }

    private void push(Iterator<Slot> slots) {
      if (slots.hasNext()) {
        sources.add(new Source(slots.next(), slots));
      }
    }

    @Override
    public boolean hasNext() {
      return !sources.isEmpty();
    }

    @Override
    public Slot next() {
      Source first = sources.remove();
      push(first.rest());
      while (hasNext() && sources.peek().head().equals(first.head())) {
        push(sources.remove().rest());
      }
      return first.head();
    }

    @Override
    public void close() throws IOException {
      for (FSDataInputStream stream : streams) {
        stream.close();
      }
    }
  }
}
