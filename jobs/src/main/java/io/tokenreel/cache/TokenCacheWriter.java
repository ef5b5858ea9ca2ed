package io.tokenreel.cache;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

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
  private final IndexBuilder index;
  private final CommitRecovery recovery;
  private final RunRecords runs;
  private long nextWave;

  private TokenCacheWriter(
      SparkSession spark, CacheLayout layout, CacheFiles files, WriterLock lock) {
    this.spark = spark;
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.index = new IndexBuilder(spark, files, layout);
    this.recovery = new CommitRecovery(layout, files, index);
    this.runs = new RunRecords(files, layout.runs());
  }

  /**
   * Takes the output's lock and brings the output in order; makes the output if need be.
   *
   * @throws CacheLockedException when another writer is at work; nothing was touched
   */
  public static TokenCacheWriter open(SparkSession spark, Path output) throws IOException {
    return open(spark, output, CacheFiles.StepListener.NONE);
  }

  static TokenCacheWriter open(SparkSession spark, Path output, CacheFiles.StepListener listener)
      throws IOException {
    FileSystem fs = output.getFileSystem(spark.sparkContext().hadoopConfiguration());
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    WriterLock lock = WriterLock.acquire(fs, layout.lock());
    TokenCacheWriter writer =
        new TokenCacheWriter(spark, layout, new CacheFiles(fs, listener), lock);
    try {
      writer.runs.recover();
      writer.nextWave = writer.recovery.recover();
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
    return writer;
  }

  /** The rows that a table holds now, in its fixed columns. */
  public Dataset<Row> committedRows(CacheTable table) throws IOException {
    return CommittedRows.of(spark, layout.root(), table);
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
    return new WaveCommit(spark, number, layout, files, lock, recovery);
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
   * Merges the lookup index into one table, and lets the next writer in. After a commit that failed
   * everything stays as it is, for the next writer to carry out.
   */
  @Override
  public void close() throws IOException {
    try {
      if (!isCommitPending()) {
        files.delete(layout.journals());
        files.delete(layout.staging());
        index.mergeAll();
      }
    } finally {
      lock.close();
    }
  }
}
