package io.tokenreel.cache;

import io.tokenreel.files.SparkFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

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
 * tokens.
 */
public final class WaveCommit {

  private static final String TIMESTAMP_TYPE = "spark.sql.parquet.outputTimestampType";

  /** The columns that have URIs, or words of others about them. */
  private static final Set<String> QUOTING = Set.of("video_uri", "detail");

  private final SparkSession spark;
  private final long number;
  private final CacheLayout layout;
  private final CacheFiles files;
  private final WriterLock lock;
  private final TableStore store;
  private final CommitRecovery recovery;
  private final Map<CacheTable, Path> staged = new EnumMap<>(CacheTable.class);
  private boolean committed;

  WaveCommit(
      SparkSession spark,
      long number,
      CacheLayout layout,
      CacheFiles files,
      WriterLock lock,
      TableStore store,
      CommitRecovery recovery) {
    this.spark = spark;
    this.number = number;
    this.layout = layout;
    this.files = files;
    this.lock = lock;
    this.store = store;
    this.recovery = recovery;
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
    if (committed || staged.containsKey(table)) {
      throw new IllegalStateException(
          "each table is staged once per wave, before its commit; wave %d has %s%s"
              .formatted(number, staged.keySet(), committed ? " and is committed" : ""));
    }
    StructType schema = CacheSchema.written(table, rows.schema());
    // A sort that the plan knows to be there already is dropped by Spark.
    Dataset<Row> sorted =
        rows.select(
                Arrays.stream(schema.fieldNames()).map(WaveCommit::written).toArray(Column[]::new))
            .sortWithinPartitions("video_id");
    // Through rows rather than columns: a NULL in a column that must not be NULL stops the job, and
    // every file declares its columns alike whatever the plan knew about them.
    Dataset<Row> checked = spark.createDataFrame(sorted.javaRDD(), schema);
    Path folder = new Path(layout.staging(number), table.folder());
    RuntimeConfig session = spark.conf();
    String before = session.get(TIMESTAMP_TYPE);
    session.set(TIMESTAMP_TYPE, "TIMESTAMP_MICROS"); // Spark's default is the deprecated INT96
    try {
      checked.write().options(table.writeOptions()).parquet(folder.toString());
    } finally {
      session.set(TIMESTAMP_TYPE, before);
    }
    staged.put(table, folder);
    files.report("staged " + table.folder());
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

  /**
   * Commits what was staged.
   *
   * @throws CacheLockedException when another writer has taken this one's lock; nothing is
   *     committed
   */
  public void commit() throws IOException {
    if (committed || staged.isEmpty()) {
      throw new IllegalStateException(
          "a wave is committed once, after at least one table was staged; wave %d has %s%s"
              .formatted(number, staged.keySet(), committed ? " and is committed" : ""));
    }
    lock.checkHeld();
    CommitJournal journal = new CommitJournal(number, store.moves(number, staged));
    files.write(layout.journal(number), out -> out.write(Json.bytes(journal)));
    committed = true;
    recovery.carryOut(journal);
  }

  /** A column of a table as it is written: what quotes URIs, without their secrets. */
  private static Column written(String name) {
    Column column = functions.col("`" + name.replace("`", "``") + "`");
    return QUOTING.contains(name) ? UriColumns.withoutSecrets(column).as(name) : column;
  }
}
