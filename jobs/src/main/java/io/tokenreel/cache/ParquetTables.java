package io.tokenreel.cache;

import io.tokenreel.files.SparkFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables that are folders of Parquet files below the output, with a lookup index beside them. A
 * file is renamed from staging to its place, at once and whole.
 */
final class ParquetTables implements TableStore {

  private static final Logger LOG = LoggerFactory.getLogger(ParquetTables.class);

  private final SparkSession spark;
  private final CacheFiles files;
  private final CacheLayout layout;
  private final IndexBuilder index;

  ParquetTables(SparkSession spark, CacheFiles files, CacheLayout layout) {
    this.spark = spark;
    this.files = files;
    this.layout = layout;
    this.index = new IndexBuilder(spark, files, layout);
  }

  @Override
  public boolean has(CacheTable table) throws IOException {
    return !files.list(layout.table(table)).isEmpty();
  }

  @Override
  public Dataset<Row> rows(CacheTable table) throws IOException {
    return read(table, table.schema());
  }

  /** The footer of every file is read. */
  @Override
  public Dataset<Row> rowsWithPassthrough(CacheTable table) throws IOException {
    StructType schema = table.schema();
    if (has(table)) {
      List<String> fixed = Arrays.asList(schema.fieldNames());
      StructType found =
          SparkFiles.of(spark)
              .options(Map.of("mergeSchema", "true"))
              .parquet(layout.table(table))
              .schema();
      for (StructField field : found.fields()) {
        schema = fixed.contains(field.name()) ? schema : schema.add(field);
      }
    }
    return read(table, schema);
  }

  private Dataset<Row> read(CacheTable table, StructType schema) throws IOException {
    return has(table)
        ? SparkFiles.of(spark).schema(schema).parquet(layout.table(table))
        : spark.createDataFrame(List.<Row>of(), schema);
  }

  @Override
  public Dataset<Row> unchanging(Dataset<Row> rows) {
    return rows; // over the files that were there when it was made
  }

  @Override
  public void prepare(CacheTable table, StructType passthrough) {
    // every file has its own columns
  }

  @Override
  public List<CommitJournal.Move> moves(long wave, Map<CacheTable, Path> staged)
      throws IOException {
    List<CommitJournal.Move> moves = new ArrayList<>();
    for (Map.Entry<CacheTable, Path> table : staged.entrySet()) {
      int file = 0;
      for (FileStatus status : files.list(table.getValue())) {
        Path from = status.getPath();
        if (from.getName().endsWith(".parquet")) {
          Path to = layout.file(table.getKey(), wave, file++);
          moves.add(
              new CommitJournal.Move(
                  layout.below(files.fileSystem().makeQualified(from)), layout.below(to)));
        }
      }
    }
    return moves;
  }

  @Override
  public void move(CommitJournal.Move move) throws IOException {
    files.move(new Path(layout.root(), move.from()), new Path(layout.root(), move.to()));
  }

  @Override
  public void moveAgain(CommitJournal.Move move) throws IOException {
    move(move); // a file that has its final name is left alone
  }

  @Override
  public void moved(CommitJournal journal) throws IOException {
    List<Path> tokenFiles =
        journal.moves().stream()
            .map(move -> new Path(layout.root(), move.to()))
            .filter(file -> file.getParent().getName().equals(CacheTable.TOKENS.folder()))
            .toList();
    index.addWave(journal.wave(), tokenFiles);
    index.mergeLatest();
  }

  @Override
  public long recover() throws IOException {
    files.deleteTemporaries(layout.index());
    long last = lastWave(CacheTable.values());
    indexWhatIsMissing();
    return last;
  }

  /** An index that does not reach the last wave was lost, or its making was cut off. */
  private void indexWhatIsMissing() throws IOException {
    long indexed =
        LookupIndex.tables(files.fileSystem(), layout).stream()
            .mapToLong(SlotTable::lastWave)
            .max()
            .orElse(0);
    if (lastWave(CacheTable.TOKENS) > indexed) {
      LOG.warn("the lookup index ends at wave {}; making it anew", indexed);
      index.rebuild();
    }
    index.deleteCovered();
  }

  private long lastWave(CacheTable... tables) throws IOException {
    long last = 0;
    for (CacheTable table : tables) {
      for (FileStatus status : files.list(layout.table(table))) {
        last = Math.max(last, CacheLayout.waveOf(status.getPath()));
      }
    }
    return last;
  }

  /** Merges the lookup index into one table. */
  @Override
  public void tidy() throws IOException {
    index.mergeAll();
  }

  @Override
  public List<Finding> check() throws IOException {
    return IndexChecks.of(spark, files.fileSystem(), layout);
  }
}
