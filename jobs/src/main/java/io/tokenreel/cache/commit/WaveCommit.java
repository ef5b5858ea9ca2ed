package io.tokenreel.cache.commit;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Json;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.store.CommitJournal;
import io.tokenreel.cache.store.CommittedKeys;
import io.tokenreel.cache.store.Contents;
import io.tokenreel.cache.store.TableFileWriter;
import io.tokenreel.cache.store.TableStore;
import io.tokenreel.cache.store.WrittenRows;
import io.tokenreel.files.SparkFiles;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One wave of work: rows of several tables that are committed together or not at all.
 *
 * <ol>
 *   <li>{@link #stage} has Spark write Parquet files below {@code _staging/}, which no reader sees;
 *   <li>{@link #commit} writes the journal, which lists what goes where. From the moment the
 *       journal has its name the wave is committed;
 *   <li>the rows get into their tables: file by file, each renamed at once and whole, or, where a
 *       catalog has the tables, table by table, each by one commit of the catalog's;
 *   <li>the lookup index is extended where there is one, and the journal is deleted.
 * </ol>
 *
 * <p>Each step after the journal can be repeated; the next writer does so if this one dies. The
 * tables' order in a commit is that of {@link CacheTable}: a video's outcome appears after its
 * tokens, and its new bytes are current when their tokens are there.
 */
public final class WaveCommit {

  private final SparkSession spark;
  private final long number;
  private final CacheLayout layout;
  private final CacheFiles files;
  private final WriterLock lock;
  private final TableStore store;
  private final TableFileWriter tableFiles;
  private final CommitRecovery recovery;
  private final AtomicLong bytesCommitted;
  private final Map<CacheTable, Path> staged = new EnumMap<>(CacheTable.class);
  private final Map<CacheTable, WrittenRows> written = new EnumMap<>(CacheTable.class);
  private long bytes;
  private boolean committed;

  WaveCommit(
      SparkSession spark,
      long number,
      CacheLayout layout,
      CacheFiles files,
      WriterLock lock,
      TableStore store,
      TableFileWriter tableFiles,
      CommitRecovery recovery,
      AtomicLong bytesCommitted) {
    this.spark = spark;
    this.number = number;
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.store = store;
    this.tableFiles = tableFiles;
    this.recovery = recovery;
    this.bytesCommitted = bytesCommitted;
  }

  /** The wave's number, which begins the names of its files. */
  public long number() {
    return number;
  }

  /**
   * Writes a table's rows of this wave: one file per partition of {@code rows}, sorted by video_id.
   *
   * @param rows the table's columns in any order, and the manifest's own columns
   * @throws IllegalArgumentException when a column is missing or of another type
   * @throws IllegalStateException when the table was staged before, or the wave is committed
   */
  public void stage(CacheTable table, Dataset<Row> rows) throws IOException {
    stage(table, rows, CommittedKeys.NONE);
  }

  /**
   * Writes a table's rows of this wave as {@link #stage(CacheTable, Dataset)} does.
   *
   * @param known keys of rows that are left out, since the table has them
   */
  public void stage(CacheTable table, Dataset<Row> rows, CommittedKeys known) throws IOException {
    if (committed || staged.containsKey(table)) {
      throw new IllegalStateException(
          "each table is staged once per wave, before its commit; wave %d has %s%s"
              .formatted(number, staged.keySet(), committed ? " and is committed" : ""));
    }
    Path folder = new Path(layout.staging(number), table.folder());
    if (table.hasOutcomes() || table == CacheTable.OUTCOMES) {
      written.put(table, tableFiles.writeCounted(table, rows, known, folder));
    } else {
      tableFiles.write(table, rows, folder);
    }
    for (FileStatus file : files.list(folder)) {
      bytes += file.getLen();
    }
    staged.put(table, folder);
    files.report("staged " + table.folder());
  }

  /**
   * Stages what the wave says of its videos' bytes, unless the caller has. A wave that writes no
   * rows of a video carries outcomes on, and says only what is not known.
   */
  private void stageContents() throws IOException {
    List<CacheTable> made =
        staged.keySet().stream().filter(table -> table != CacheTable.ANSWERS).toList();
    if (made.isEmpty() || staged.containsKey(CacheTable.CONTENTS)) {
      return;
    }
    Dataset<Row> seen;
    if (staged.containsKey(CacheTable.OUTCOMES)) {
      seen = staged(CacheTable.OUTCOMES).where(col("outcome").isin("OK", "DEGRADED"));
    } else {
      seen = staged(made.get(0));
    }
    Dataset<Row> contents = Contents.seen(seen.coalesce(1), number); // a digest a video: no shuffle
    if (made.equals(List.of(CacheTable.OUTCOMES))) {
      contents = Contents.news(contents, store.rows(CacheTable.CONTENTS));
      if (contents.isEmpty()) {
        return;
      }
    }
    stage(CacheTable.CONTENTS, contents.coalesce(1));
  }

  /**
   * The outcomes that were staged, as they were counted when they were written.
   *
   * @throws IllegalStateException when {@code outcomes/} was not staged
   */
  public WrittenRows outcomes() {
    WrittenRows outcomes = written.get(CacheTable.OUTCOMES);
    if (outcomes == null) {
      throw new IllegalStateException(
          "outcomes/ is counted by its staging; wave %d has %s".formatted(number, staged.keySet()));
    }
    return outcomes;
  }

  /**
   * The tables whose rows are not those of the videos that have tokens by the wave's outcomes.
   * Every table is a job of its own. Where an executor ends between two of them, Spark computes
   * rows again that it kept there, and what depended on time or memory may come to another outcome.
   *
   * @param setting whose tables were staged
   * @throws IllegalStateException when one was not, or {@code outcomes/}
   */
  public List<CacheTable> disagreeing(RunRecord.Setting setting) {
    WrittenRows outcomes = outcomes();
    if (!written.keySet().containsAll(setting.tables())) {
      throw new IllegalStateException(
          "expected %s to be staged; wave %d has %s"
              .formatted(setting.tables(), number, staged.keySet()));
    }
    return setting.tables().stream()
        .filter(table -> !written.get(table).hasContentsOf(outcomes, setting.rowsPerVideo(table)))
        .toList();
  }

  /** Removes what was staged; nothing of the wave is committed. */
  public void discard() throws IOException {
    if (committed) {
      throw new IllegalStateException("wave %d is committed".formatted(number));
    }
    files.delete(layout.staging(number));
    staged.clear();
  }

  /**
   * The rows of a table as they were staged; they can be read until the wave is committed.
   *
   * @throws IllegalStateException when the table was not staged, or the wave is committed
   */
  public Dataset<Row> staged(CacheTable table) {
    if (committed || !staged.containsKey(table)) {
      throw new IllegalStateException(
          "%s/ can be read between its staging and the commit; wave %d has %s%s"
              .formatted(
                  table.folder(), number, staged.keySet(), committed ? " and is committed" : ""));
    }
    return SparkFiles.of(spark).schema(table.schema()).parquet(staged.get(table));
  }

  /** Whether {@link Sealed#carryOut} takes Spark jobs. */
  public boolean takesJobs() {
    return store.movesByJobs();
  }

  /**
   * Commits what was staged, and has its rows in their tables when it returns.
   *
   * @throws CacheLockedException when another writer has taken this one's lock; nothing is
   *     committed
   */
  public void commit() throws IOException {
    seal().carryOut();
  }

  /** The part of a commit that is left when the journal has been written. */
  @FunctionalInterface
  public interface Sealed {

    /**
     * Gets the rows into their tables. It must have returned before the next wave is asked for; of
     * one that failed or never ran, the next writer does what is left.
     */
    void carryOut() throws IOException;
  }

  /**
   * Writes the journal: from here on the wave is committed, whatever happens, and its rows are not
   * in their tables yet.
   *
   * @throws CacheLockedException when another writer has taken this one's lock; nothing is
   *     committed
   */
  public Sealed seal() throws IOException {
    if (committed || staged.isEmpty()) {
      throw new IllegalStateException(
          "a wave is committed once, after at least one table was staged; wave %d has %s%s"
              .formatted(number, staged.keySet(), committed ? " and is committed" : ""));
    }
    lock.checkHeld();
    stageContents();
    CommitJournal journal = new CommitJournal(number, store.moves(number, staged));
    lock.checkHeld(); // the jobs before may have waited for others
    files.write(layout.journal(number), out -> out.write(Json.bytes(journal)));
    committed = true;
    bytesCommitted.addAndGet(bytes);
    return () -> recovery.carryOut(journal);
  }
}
