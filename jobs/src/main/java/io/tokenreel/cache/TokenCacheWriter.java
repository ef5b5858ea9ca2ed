package io.tokenreel.cache;

import io.tokenreel.files.Stores;
import java.io.IOException;
import java.util.Collection;
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
 * not done is marked as interrupted, and a lookup index that was deleted is made anew.
 */
public final class TokenCacheWriter implements AutoCloseable {

  private final SparkSession spark;
  private final CacheLayout layout;
  private final CacheFiles files;
  private final WriterLock lock;
  private final TableStore store;
  private final CommitRecovery recovery;
  private final RunRecords runs;
  private long nextWave;

  private TokenCacheWriter(
      SparkSession spark, CacheLayout layout, CacheFiles files, WriterLock lock, TableStore store) {
    this.spark = spark;
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.store = store;
    this.recovery = new CommitRecovery(layout, files, lock, store);
    this.runs = new RunRecords(files, layout.runs());
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
      writer.runs.recover();
      writer.nextWave = writer.recovery.recover();
      return writer;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
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
   * Makes tables that can take rows with these columns of a manifest, where tables are made before
   * their rows.
   *
   * @throws TableSettingsException when one has a column of another type
   */
  public void prepare(Collection<CacheTable> tables, StructType passthrough) throws IOException {
    for (CacheTable table : tables) {
      store.prepare(table, passthrough);
    }
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
    return new WaveCommit(spark, number, layout, files, lock, store, recovery);
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
