package io.tokenreel.cache.commit;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.SchemaVersion;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.cache.store.Contents;
import io.tokenreel.cache.store.Removed;
import io.tokenreel.cache.store.RowsToRemove;
import io.tokenreel.cache.store.TableFileWriter;
import io.tokenreel.cache.store.TableStore;
import io.tokenreel.cache.store.TableStores;
import io.tokenreel.cache.store.Vacuum;
import io.tokenreel.files.Stores;
import io.tokenreel.model.VisionInfo;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Writes a cache: the only writer of its output, wave by wave.
 *
 * <pre>{@code
 * try (TokenCacheWriter writer = TokenCacheWriter.open(spark, output)) {
 *   writer.saveRun(run);
 *   WaveCommit wave = writer.nextWave();
 *   wave.stage(CacheTable.TOKENS, tokens);
 *   wave.stage(CacheTable.OUTCOMES, outcomes);
 *   wave.commit();
 *   writer.saveRun(run.finished());
 * }
 * }</pre>
 *
 * <p>Not thread-safe: waves follow one another. Opening brings an output whose writer died back to
 * order: a wave whose journal was written is carried out, one without is removed, a run that was
 * not done is marked as interrupted, and a lookup index that was deleted is rebuilt.
 */
public final class TokenCacheWriter implements AutoCloseable {

  private final SparkSession spark;
  private final CacheLayout layout;
  private final CacheFiles files;
  private final WriterLock lock;
  private final TableStore store;
  private final TableFileWriter tableFiles;
  private final CommitRecovery recovery;
  private final RunRecords runs;
  private final AtomicLong bytesCommitted = new AtomicLong();
  private long nextWave;

  private TokenCacheWriter(
      SparkSession spark, CacheLayout layout, CacheFiles files, WriterLock lock, TableStore store) {
    this.spark = spark;
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.store = store;
    this.tableFiles = new TableFileWriter(spark);
    this.runs = new RunRecords(files, layout.runs());
    this.recovery = new CommitRecovery(layout, files, lock, store, runs);
  }

  /**
   * As {@link #open(SparkSession, Path, String)}, with the tables wherever the output has them; of
   * a new one, Parquet below it.
   */
  public static TokenCacheWriter open(SparkSession spark, Path output) throws IOException {
    return open(spark, output, CacheFiles.StepListener.NONE);
  }

  /**
   * Takes the output's lock and brings the output in order; makes the output if need be.
   *
   * @param table CATALOG.DB.NAME, where the tables are to be; null for Parquet below the output
   * @throws CacheLockedException when another writer is at work; nothing was touched
   * @throws TableSettingsException when the tables cannot be there
   */
  public static TokenCacheWriter open(SparkSession spark, Path output, String table)
      throws IOException {
    return open(spark, output, table, CacheFiles.StepListener.NONE);
  }

  static TokenCacheWriter open(SparkSession spark, Path output, CacheFiles.StepListener listener)
      throws IOException {
    return open(spark, output, TableStores::of, listener);
  }

  static TokenCacheWriter open(
      SparkSession spark, Path output, String table, CacheFiles.StepListener listener)
      throws IOException {
    return open(
        spark,
        output,
        (session, files, layout) -> TableStores.open(session, files, layout, table),
        listener);
  }

  /** Finds the tables of an output whose lock is held. */
  @FunctionalInterface
  private interface StoreFinder {
    TableStore find(SparkSession spark, CacheFiles files, CacheLayout layout) throws IOException;
  }

  private static TokenCacheWriter open(
      SparkSession spark, Path output, StoreFinder stores, CacheFiles.StepListener listener)
      throws IOException {
    FileSystem fs = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    CacheFiles files = new CacheFiles(fs, listener);
    WriterLock lock = WriterLock.acquire(fs, layout.lock());
    try {
      TokenCacheWriter writer =
          new TokenCacheWriter(spark, layout, files, lock, stores.find(spark, files, layout));
      SchemaVersion.add(files, layout);
      writer.runs.recover();
      writer.nextWave = writer.recovery.recover();
      writer.addContents();
      return writer;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Says of a cache that an older version wrote which bytes of each video are current. */
  private void addContents() throws IOException {
    if (store.has(CacheTable.CONTENTS) || !store.has(CacheTable.OUTCOMES)) {
      return;
    }
    store.prepare(CacheTable.CONTENTS, new StructType());
    WaveCommit wave = nextWave();
    wave.stage(
        CacheTable.CONTENTS,
        Contents.ofOld(
                store.inOrder(CacheTable.OUTCOMES), store.inOrder(CacheTable.TOKENS), wave.number())
            .coalesce(1));
    wave.commit();
  }

  /**
   * Checks, without a lock and before any work, that an output's tables can be where they are asked
   * for.
   *
   * @param table CATALOG.DB.NAME; null for Parquet below the output
   * @throws TableSettingsException when they cannot; the message says what is there
   */
  public static void requireTable(SparkSession spark, Path output, String table)
      throws IOException {
    FileSystem fs = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    TableStores.require(
        spark,
        new CacheFiles(fs, CacheFiles.StepListener.NONE),
        new CacheLayout(fs.makeQualified(output)),
        table);
  }

  /**
   * Carries out what a writer that died had decided, for a job that reads the cache which it writes
   * into: what it lists first is otherwise replaced or added to when the writer is opened.
   *
   * @param input the cache that is read
   * @param output the cache that will be written; another one is left alone
   */
  public static void endCommit(SparkSession spark, Path input, Path output, String table)
      throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FileSystem fs = Stores.of(output, hadoop);
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    boolean same = Stores.of(input, hadoop).makeQualified(input).equals(layout.root());
    if (same && !CacheFiles.list(fs, layout.journals()).isEmpty()) {
      open(spark, output, table).close();
    }
  }

  /**
   * Makes tables that can take rows with these columns of a manifest, where tables are made before
   * their rows.
   *
   * @throws TableSettingsException when one has a column of another type
   */
  public void prepare(Collection<CacheTable> tables, StructType passthrough) throws IOException {
    for (CacheTable table : tables) {
      store.prepare(table, passthrough);
    }
    if (tables.stream().anyMatch(table -> table != CacheTable.ANSWERS)) {
      store.prepare(CacheTable.CONTENTS, new StructType());
      store.prepareViews();
    }
  }

  /**
   * Says of the tower that will make rows what it is, unless the output says it already.
   *
   * @param encoder the tower's name in these rows, {@link io.tokenreel.model.ModelKeys#encoder}
   */
  public void describe(VisionInfo vision, String encoder) throws IOException {
    EncoderCards.save(files, layout, vision, encoder);
  }

  /**
   * Says of a tower what another cache says of it.
   *
   * @param other the other cache's folder
   */
  public void describeAs(Path other, String encoder) throws IOException {
    FileSystem fs = Stores.of(other, spark.sparkContext().hadoopConfiguration());
    EncoderCards.copy(
        files,
        layout,
        new CacheFiles(fs, CacheFiles.StepListener.NONE),
        new CacheLayout(fs.makeQualified(other)),
        encoder);
  }

  /** The rows that a table holds now, in its fixed columns. */
  public Dataset<Row> committedRows(CacheTable table) throws IOException {
    return store.rows(table);
  }

  /** Rows that follow from committed ones, such as they are now: what is kept of them stays. */
  public Dataset<Row> unchanging(Dataset<Row> rows) {
    return store.unchanging(rows);
  }

  /**
   * Begins the next wave; one that is not committed leaves nothing behind. A wave before it whose
   * commit was cut short by an error is carried out first.
   */
  public WaveCommit nextWave() throws IOException {
    if (isCommitPending()) {
      recovery.recover();
    }
    long number = nextWave++;
    files.delete(layout.staging(number));
    return new WaveCommit(
        spark, number, layout, files, lock, store, tableFiles, recovery, bytesCommitted);
  }

  /** What was found is removed, all of it or nothing, as a wave is committed. */
  private RemovalCommit nextRemoval() throws IOException {
    if (isCommitPending()) {
      recovery.recover();
    }
    long number = nextWave++;
    files.delete(layout.staging(number));
    return new RemovalCommit(number, layout, files, lock, store, runs, recovery);
  }

  /** The videos that the output takes no more. */
  public ForgottenIds forgotten() throws IOException {
    return ForgottenIds.read(files, layout);
  }

  /**
   * Removes all that the output has of videos, and takes them no more until {@link #lift}.
   *
   * @return what was removed
   */
  public Removed forget(Collection<String> ids) throws IOException {
    lock.checkHeld();
    forgotten().with(ids).save(files, layout); // first, so that nothing is taken meanwhile
    Removed removed;
    try (RowsToRemove rows = RowsToRemove.ofVideos(store, ids)) {
      removed = remove(rows, RunScrub.of(store.rows(CacheTable.OUTCOMES), ids));
    }
    requireGone(ids);
    return removed;
  }

  /** Looks again at all that was rewritten. */
  private void requireGone(Collection<String> ids) throws IOException {
    try (RowsToRemove rows = RowsToRemove.ofVideos(store, ids)) {
      Map<CacheTable, Long> left = rows.counts();
      List<String> indexed = store.indexed(ids);
      if (!indexed.isEmpty() || left.values().stream().anyMatch(count -> count > 0)) {
        throw new IllegalStateException(
            "rows are left of videos that are to be forgotten: %s, in the index %s"
                .formatted(left, indexed));
      }
    }
  }

  /** Takes videos again that were forgotten. */
  public void lift(Collection<String> ids) throws IOException {
    lock.checkHeld();
    forgotten().without(ids).save(files, layout);
  }

  /**
   * Removes what one encoder made of one content of a video, where that is asked for.
   *
   * @return what was removed
   */
  public Removed vacuum(Vacuum vacuum) throws IOException {
    try (RowsToRemove rows = RowsToRemove.of(spark, store, runs.all(), vacuum)) {
      return remove(rows, UnaryOperator.identity());
    }
  }

  private Removed remove(RowsToRemove rows, UnaryOperator<RunRecord> records) throws IOException {
    Map<CacheTable, Long> counts = rows.counts();
    RemovalCommit commit = nextRemoval();
    for (Map.Entry<CacheTable, Dataset<Row>> table : rows.keys().entrySet()) {
      if (counts.get(table.getKey()) > 0) {
        commit.remove(table.getKey(), table.getValue());
      }
    }
    long freed = commit.commit(records);
    List<String> expiry =
        counts.entrySet().stream()
            .filter(table -> table.getValue() > 0)
            .flatMap(table -> store.expiry(table.getKey()).stream())
            .distinct()
            .toList();
    return new Removed(counts, freed, expiry);
  }

  /** Bytes of the files of all waves that this writer has committed. */
  public long bytesCommitted() {
    return bytesCommitted.get();
  }

  private boolean isCommitPending() throws IOException {
    return files.list(layout.journals()).stream()
        .anyMatch(status -> status.getPath().getName().endsWith(".json"));
  }

  /** Writes what is known about a run when it starts, and again, as done, when it ends. */
  public void saveRun(RunRecord run) throws IOException {
    lock.checkHeld();
    runs.save(run);
  }

  /**
   * Merges the lookup index into one table where there is one, and lets the next writer in. After a
   * commit that failed everything stays as it is, for the next writer to carry out.
   */
  @Override
  public void close() throws IOException {
    try {
      lock.checkHeld(); // what is staged by now is another writer's
      if (!isCommitPending()) {
        files.deleteEmptied(layout.journals());
        files.delete(layout.staging());
        store.tidy();
      }
    } finally {
      lock.close();
    }
  }
}
