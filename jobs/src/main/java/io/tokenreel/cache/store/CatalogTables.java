package io.tokenreel.cache.store;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.unix_micros;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Tables of a Spark catalog. A wave's rows of a table are appended by one commit of the catalog's
 * own, from the Parquet files that were staged; a table is known by its name and rows alone, so its
 * owner may compact it, expire its history and add columns.
 *
 * <p>A retry of a move appends only the rows whose key the table does not have, so it is
 * idempotent. That needs nothing of a format but that it appends at once or not at all, holds
 * whoever has rewritten the files since, and costs a scan of the table's keys after a crash alone.
 * (Delta's {@code txnAppId} would do for Delta; Iceberg has nothing of the kind, since a snapshot's
 * properties go when it expires.) An append that is still under way when the next writer looks is
 * not seen by it: a lock may be taken away only from a writer that has surely ended.
 *
 * <p>Between the appends of a wave, readers may see a video's tokens without its outcome; after a
 * crash, until the next writer opens the output.
 */
final class CatalogTables implements TableStore {

  private final SparkSession spark;
  private final CacheFiles files;
  private final CacheLayout layout;
  private final TableName name;
  private final CatalogDefinition definition;

  CatalogTables(
      SparkSession spark,
      CacheFiles files,
      CacheLayout layout,
      TableName name,
      CatalogDefinition definition) {
    this.spark = spark;
    this.files = files;
    this.layout = layout;
    this.name = name;
    this.definition = definition;
  }

  @Override
  public boolean has(CacheTable table) throws IOException {
    return definition.exists(table);
  }

  @Override
  public Dataset<Row> rows(CacheTable table) throws IOException {
    return rowsWithPassthrough(table)
        .select(Columns.quoted(Arrays.asList(table.schema().fieldNames())));
  }

  @Override
  public Dataset<Row> rowsWithPassthrough(CacheTable table) throws IOException {
    if (!has(table)) {
      return spark.createDataFrame(List.<Row>of(), table.schema());
    }
    Dataset<Row> rows = spark.table(name.of(table));
    for (StructField field : table.schema().fields()) {
      // A table that was made before the column was has it from the next run on.
      if (!Arrays.asList(rows.columns()).contains(field.name())) {
        rows = rows.withColumn(field.name(), absent(field));
      }
    }
    return rows;
  }

  /** A catalog does not say in which wave a row came; rows of one wave are of one time. */
  @Override
  public Dataset<Row> inOrder(CacheTable table) throws IOException {
    return rows(table).withColumn(ORDER, unix_micros(col("created_at")));
  }

  /**
   * After each append Spark forgets what it keeps of Datasets over the table. Rows that went
   * through an RDD are not over any table.
   */
  @Override
  public Dataset<Row> unchanging(Dataset<Row> rows) {
    return spark.createDataFrame(rows.javaRDD(), rows.schema());
  }

  @Override
  public void prepare(CacheTable table, StructType passthrough) throws IOException {
    if (definition.prepare(table, passthrough)) {
      files.report("created " + table.folder());
    }
  }

  @Override
  public void prepareViews() throws IOException {
    for (CacheTable table : CacheTable.values()) {
      if (table.hasOutcomes() && has(table)) {
        definition.prepareView(table);
      }
    }
  }

  /** One move per table: from its staged folder to its name. */
  @Override
  public List<CommitJournal.Move> moves(long wave, Map<CacheTable, Path> staged)
      throws IOException {
    List<CommitJournal.Move> moves = new ArrayList<>();
    for (Map.Entry<CacheTable, Path> table : staged.entrySet()) {
      Path folder = files.fileSystem().makeQualified(table.getValue());
      boolean hasRows =
          files.list(folder).stream().anyMatch(s -> s.getPath().getName().endsWith(".parquet"));
      if (hasRows) {
        moves.add(new CommitJournal.Move(layout.below(folder), table.getKey().folder()));
      }
    }
    return moves;
  }

  @Override
  public boolean movesByJobs() {
    return true;
  }

  @Override
  public void move(CommitJournal.Move move) throws IOException {
    append(move, staged(move));
  }

  @Override
  public void moveAgain(CommitJournal.Move move) throws IOException {
    CacheTable table = CacheTable.ofFolder(move.to());
    // A commit may have succeeded though its writer got an error: look at what is there now.
    spark.catalog().refreshTable(name.of(table));
    Dataset<Row> rows = staged(move);
    Column[] keyColumns = Columns.quoted(table.key());
    Dataset<Row> ofWave = broadcast(rows.select(keyColumns));
    Dataset<Row> there = spark.table(name.of(table)).select(keyColumns);
    // Of the table's keys no more than the wave's are kept, so that no blob is shuffled.
    Dataset<Row> appended = there.join(ofWave, table.sameKey(there, ofWave), "left_semi");
    append(move, rows.join(broadcast(appended), table.sameKey(rows, appended), "left_anti"));
  }

  private Dataset<Row> staged(CommitJournal.Move move) {
    return SparkFiles.of(spark).parquet(new Path(layout.root(), move.from()));
  }

  private void append(CommitJournal.Move move, Dataset<Row> rows) throws IOException {
    CacheTable table = CacheTable.ofFolder(move.to());
    StructType schema = spark.table(name.of(table)).schema();
    Set<String> given = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    given.addAll(List.of(rows.columns()));
    Column[] columns =
        Arrays.stream(schema.fields())
            .map(
                field ->
                    given.contains(field.name()) ? Columns.quoted(field.name()) : absent(field))
            .toArray(Column[]::new);
    DataFrameWriterV2<Row> writer =
        rows.select(columns).sortWithinPartitions("video_id").writeTo(name.of(table));
    definition.format().writeOptions(table).forEach(writer::option);
    try {
      writer.append();
    } catch (Exception e) { // of Spark and any catalog, declared or not
      throw new IOException(
          "cannot append to %s; the next run into this output does so first"
              .formatted(name.of(table)),
          e);
    }
    files.report("appended to " + table.folder());
  }

  private static Column absent(StructField field) {
    return lit(null).cast(field.dataType()).as(field.name());
  }

  /** The keys of the rows, in a folder. */
  @Override
  public List<CommitJournal.Move> stageRemoval(long wave, CacheTable table, Dataset<Row> keys)
      throws IOException {
    if (keys.isEmpty()) {
      return List.of();
    }
    Path folder = new Path(layout.staging(wave), table.folder() + "-keys");
    keys.write().parquet(folder.toString());
    return List.of(
        new CommitJournal.Move(
            layout.below(files.fileSystem().makeQualified(folder)), table.folder()));
  }

  @Override
  public List<String> expiry(CacheTable table) {
    return definition.format().expiry(name, table);
  }

  @Override
  public List<String> indexed(Collection<String> ids) {
    return List.of();
  }

  /** One commit of the catalog's; what its format keeps of the past is its owner's to expire. */
  @Override
  public void replace(CommitJournal.Move replacement) throws IOException {
    Path folder = new Path(layout.root(), replacement.from());
    if (!files.fileSystem().exists(folder)) {
      return;
    }
    CacheTable table = CacheTable.ofFolder(replacement.to());
    String keys = "tokenreel_removed_" + UUID.randomUUID().toString().replace('-', '_');
    SparkFiles.of(spark).parquet(folder).createOrReplaceTempView(keys);
    try {
      spark.sql(
          "MERGE INTO %s AS rows USING %s AS removed ON %s WHEN MATCHED THEN DELETE"
              .formatted(
                  name.of(table),
                  keys,
                  table.key().stream()
                      .map(column -> "rows.%1$s <=> removed.%1$s".formatted(column))
                      .collect(Collectors.joining(" AND "))));
    } catch (Exception e) { // of Spark and any catalog, declared or not
      throw new IOException(
          "cannot remove rows from %s; the next run into this output does so first"
              .formatted(name.of(table)),
          e);
    } finally {
      spark.catalog().dropTempView(keys);
    }
    files.report("removed from " + table.folder());
  }

  @Override
  public void moved(CommitJournal journal) {
    // the catalog's own statistics lead to a video
  }

  /** Of the tables only {@code contents} has waves' numbers. */
  @Override
  public long recover() throws IOException {
    Row last = rows(CacheTable.CONTENTS).agg(max("wave")).first();
    return last.isNullAt(0) ? 0 : last.getLong(0);
  }

  @Override
  public void tidy() {
    // compaction is the catalog's
  }

  @Override
  public List<Finding> check() {
    return List.of();
  }
}
