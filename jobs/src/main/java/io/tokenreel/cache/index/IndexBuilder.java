package io.tokenreel.cache.index;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.files.TaskConfiguration;
import io.tokenreel.files.UserPath;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
public final class IndexBuilder {

  /**
   * Files that the driver reads, some at a time: keys and footers of a wave, while the executors
   * compute the next one. A job would wait until its tasks are done.
   */
  private static final int MOST_FILES = 1_000;

  private static final int READERS = 8;

  private final SparkSession spark;
  private final CacheFiles files;
  private final CacheLayout layout;

  public IndexBuilder(SparkSession spark, CacheFiles files, CacheLayout layout) {
    this.spark = spark;
    this.files = files;
    this.layout = layout;
  }

  /**
   * Indexes waves again of which files were replaced. A reader in between finds records that are
   * not those that its slots lead to, which their checksums say.
   */
  public void refresh(SortedSet<Long> waves) throws IOException {
    List<SlotTable> tables =
        waves.isEmpty() ? List.of() : LookupIndex.tables(files.fileSystem(), layout);
    if (tables.isEmpty()) {
      return;
    }
    Map<Long, List<Path>> tokens = byWave(CacheTable.TOKENS);
    Map<Long, List<Path>> contents = byWave(CacheTable.CONTENTS);
    List<Slot> changed = new ArrayList<>();
    for (long wave : waves) {
      changed.addAll(
          writeRecords(
              wave, tokens.getOrDefault(wave, List.of()), contents.getOrDefault(wave, List.of())));
    }
    changed.sort(Slot.ORDER);
    writeSlots(tables, waves, changed);
  }

  /**
   * A single table is replaced in place, with as many buckets as before: of two tables of the same
   * waves nothing would say which one is current.
   */
  private void writeSlots(List<SlotTable> tables, SortedSet<Long> waves, List<Slot> changed)
      throws IOException {
    SlotTable whole =
        tables.size() == 1
            ? tables.get(0)
            : planned(tables, count(new Merge(tables, waves, changed)));
    Path written = CacheFiles.temporaryOf(whole.path());
    try (Merge all = new Merge(tables, waves, changed);
        OutputStream out = files.fileSystem().create(written, true)) {
      whole.write(all, out);
    }
    files.replace(written, whole.path());
    deleteCovered();
  }

  /**
   * Indexes what one wave says: its rows, and the videos whose rows are those of an earlier wave.
   *
   * @param tokenFiles the wave's files in {@code tokens/}
   * @param contentFiles the wave's files in {@code contents/}
   */
  public void addWave(long wave, List<Path> tokenFiles, List<Path> contentFiles)
      throws IOException {
    List<Slot> slots = writeRecords(wave, tokenFiles, contentFiles);
    if (!slots.isEmpty() || !tokenFiles.isEmpty()) { // a cache without a row is looked up as well
      SlotTable table = SlotTable.planned(layout.index(), wave, wave, slots.size());
      files.write(table.path(), out -> table.write(slots.iterator(), out));
    }
  }

  /** Writes the records of a wave, and gives the slots that lead to them, in their order. */
  private List<Slot> writeRecords(long wave, List<Path> tokenFiles, List<Path> contentFiles)
      throws IOException {
    Map<String, IndexRecord> byVideo = records(tokenFiles, contentFiles);
    Path path = LookupIndex.records(layout, wave);
    if (byVideo.isEmpty()) {
      files.delete(path);
      return List.of();
    }
    List<Slot> slots = new ArrayList<>();
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Map.Entry<String, IndexRecord> video : byVideo.entrySet()) {
      byte[] record = video.getValue().toBytes();
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
    files.write(path, records::writeTo);
    return slots;
  }

  private Map<String, IndexRecord> records(List<Path> tokenFiles, List<Path> contentFiles)
      throws IOException {
    Map<String, IndexRecord> records = new TreeMap<>();
    ContentScan contents =
        new ContentScan(TaskConfiguration.of(spark.sparkContext().hadoopConfiguration()));
    for (Path file : contentFiles) {
      contents
          .call(UserPath.text(file))
          .forEachRemaining(record -> records.put(record.video().videoId(), record));
    }
    Map<String, List<RowLocation>> rows =
        scan(tokenFiles).stream().collect(Collectors.groupingBy(RowLocation::videoId));
    rows.forEach((video, places) -> records.put(video, IndexRecord.of(places)));
    return records;
  }

  /** The rows of files of {@code tokens/}; of very many by a Spark job, a task per file. */
  private List<RowLocation> scan(List<Path> tokenFiles) throws IOException {
    List<String> names = tokenFiles.stream().map(UserPath::text).toList();
    if (names.size() <= MOST_FILES) {
      return scanHere(names);
    }
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(names, names.size())
        .flatMap(new RowScan(TaskConfiguration.broadcast(spark)))
        .collect();
  }

  private List<RowLocation> scanHere(List<String> names) throws IOException {
    RowScan scan = new RowScan(TaskConfiguration.of(spark.sparkContext().hadoopConfiguration()));
    ExecutorService readers = Executors.newFixedThreadPool(READERS);
    try {
      List<Future<Iterator<RowLocation>>> read = new ArrayList<>();
      names.forEach(name -> read.add(readers.submit(() -> scan.call(name))));
      List<RowLocation> rows = new ArrayList<>();
      for (Future<Iterator<RowLocation>> each : read) {
        each.get().forEachRemaining(rows::add);
      }
      return rows;
    } catch (ExecutionException e) {
      throw new IOException("a file of tokens/ cannot be indexed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while files of tokens/ were indexed");
    } finally {
      readers.shutdownNow();
    }
  }

  /** Merges the latest tables as far as the sizes call for it. */
  public void mergeLatest() throws IOException {
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
  public void mergeAll() throws IOException {
    merge(LookupIndex.tables(files.fileSystem(), layout));
  }

  /** Deletes tables that a merged one covers; a crash between merging and this leaves them. */
  public void deleteCovered() throws IOException {
    List<SlotTable> current = LookupIndex.tables(files.fileSystem(), layout);
    for (FileStatus status : files.list(layout.index())) {
      SlotTable table = SlotTable.of(status.getPath());
      if (table != null && !current.contains(table)) {
        files.delete(table.path());
      }
    }
  }

  /** Rebuilds the index from the committed files. */
  public void rebuild() throws IOException {
    files.delete(layout.index());
    Map<Long, List<Path>> tokens = byWave(CacheTable.TOKENS);
    Map<Long, List<Path>> contents = byWave(CacheTable.CONTENTS);
    SortedSet<Long> waves = new TreeSet<>(tokens.keySet());
    waves.addAll(contents.keySet());
    for (long wave : waves) {
      addWave(wave, tokens.getOrDefault(wave, List.of()), contents.getOrDefault(wave, List.of()));
      mergeLatest();
    }
    mergeAll();
  }

  private Map<Long, List<Path>> byWave(CacheTable table) throws IOException {
    return files.listTable(layout.table(table)).stream()
        .map(FileStatus::getPath)
        .collect(Collectors.groupingBy(CacheLayout::waveOf));
  }

  private void merge(List<SlotTable> tables) throws IOException {
    if (tables.size() > 1) {
      SlotTable merged = planned(tables, count(new Merge(tables)));
      try (Merge all = new Merge(tables)) {
        files.write(merged.path(), out -> merged.write(all, out));
      }
    }
    deleteCovered();
  }

  private static long count(Merge merged) throws IOException {
    try (merged) {
      long slots = 0;
      for (; merged.hasNext(); merged.next()) {
        slots++;
      }
      return slots;
    }
  }

  /** The table that is to hold the slots of several. */
  private SlotTable planned(List<SlotTable> tables, long slots) {
    return SlotTable.planned(
        layout.index(), tables.get(0).firstWave(), tables.get(tables.size() - 1).lastWave(), slots);
  }

  /** Slots but those of some waves. */
  private static final class Others implements Iterator<Slot> {

    private final Iterator<Slot> all;
    private final SortedSet<Long> without;
    private Slot next;

    Others(Iterator<Slot> all, SortedSet<Long> without) {
      this.all = all;
      this.without = without;
      advance();
    }

    private void advance() {
      next = null;
      while (next == null && all.hasNext()) {
        Slot slot = all.next();
        next = without.contains((long) slot.wave()) ? null : slot;
      }
    }

    @Override
    public boolean hasNext() {
      return next != null;
    }

    @Override
    public Slot next() {
      if (next == null) {
        throw new NoSuchElementException("no more slots");
      }
      Slot slot = next;
      advance();
      return slot;
    }
  }

  /** The slots of several tables in one order, each once. */
  private final class Merge implements Iterator<Slot>, AutoCloseable {

    private record Source(Slot head, Iterator<Slot> rest) {}

    private final List<FSDataInputStream> streams = new ArrayList<>();
    private final PriorityQueue<Source> sources =
        new PriorityQueue<>((a, b) -> Slot.ORDER.compare(a.head(), b.head()));

    Merge(List<SlotTable> tables) throws IOException {
      this(tables, Collections.emptySortedSet(), List.of());
    }

    /** With the slots of some waves left out, and others taken instead. */
    Merge(List<SlotTable> tables, SortedSet<Long> without, List<Slot> instead) throws IOException {
      push(instead.iterator());
      for (SlotTable table : tables) {
        FSDataInputStream in = files.fileSystem().open(table.path());
        streams.add(in);
        push(new Others(SlotTable.scan(in), without));
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
