package io.tokenreel.cache.store;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring_index;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.cache.index.IndexBuilder;
import io.tokenreel.cache.index.IndexChecks;
import io.tokenreel.cache.index.LookupIndex;
import io.tokenreel.cache.index.SlotTable;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables that are folders of Parquet files below the output, with a lookup index beside them. A
 * file is renamed from staging to its place, at once and whole.
 */
final class ParquetTables implements TableStore {

  private static final Logger LOG = LoggerFactory.getLogger(ParquetTables.class);

  /** A column of places, which no table has. */
  private static final String FILE = "in_file";

  private final SparkSession spark;
  private final CacheFiles files;
  private final CacheLayout layout;
  private final IndexBuilder index;
  private final TableFileWriter tableFiles;

  ParquetTables(SparkSession spark, CacheFiles files, CacheLayout layout) {
    this.spark = spark;
    this.files = files;
    this.layout = layout;
    this.index = new IndexBuilder(spark, files, layout);
    this.tableFiles = new TableFileWriter(spark);
  }

  @Override
  public boolean has(CacheTable table) throws IOException {
    return !files.listTable(layout.table(table)).isEmpty();
  }

  @Override
  public Dataset<Row> rows(CacheTable table) throws IOException {
    return has(table)
        ? read(layout.table(table), table.schema())
        : spark.createDataFrame(List.<Row>of(), table.schema());
  }

  /** The footer of every file is read. */
  @Override
  public Dataset<Row> rowsWithPassthrough(CacheTable table) throws IOException {
    Path folder = layout.table(table);
    return has(table)
        ? read(
            folder,
            withPassthrough(
                table, SparkFiles.of(spark).options(Map.of("mergeSchema", "true")).parquet(folder)))
        : spark.createDataFrame(List.<Row>of(), table.schema());
  }

  /** A table's fixed columns, and after them those of the rows that are not among them. */
  private static StructType withPassthrough(CacheTable table, Dataset<Row> rows) {
    StructType schema = table.schema();
    List<String> fixed = Arrays.asList(schema.fieldNames());
    for (StructField field : rows.schema().fields()) {
      schema = fixed.contains(field.name()) ? schema : schema.add(field);
    }
    return schema;
  }

  /** Rows of a file or of all files of a folder; a column that a file does not have is NULL. */
  private Dataset<Row> read(Path path, StructType schema) {
    return SparkFiles.of(spark).schema(schema).parquet(path);
  }

  /** The names of the files say in which wave they came. */
  @Override
  public Dataset<Row> inOrder(CacheTable table) throws IOException {
    Dataset<Row> rows = rows(table);
    return has(table)
        ? rows.withColumn(
            ORDER, substring_index(col("_metadata.file_name"), "-", 1).cast(DataTypes.LongType))
        : rows.withColumn(ORDER, lit(0L));
  }

  @Override
  public Dataset<Row> unchanging(Dataset<Row> rows) {
    return rows; // over the files that were there when it was made
  }

  @Override
  public void prepare(CacheTable table, StructType passthrough) throws IOException {
    new OwnColumns(files, layout.table(table)).requireTypes(passthrough);
  }

  @Override
  public void prepareViews() {
    // folders have none
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
  public boolean movesByJobs() {
    return false;
  }

  @Override
  public void move(CommitJournal.Move move) throws IOException {
    files.move(new Path(layout.root(), move.from()), new Path(layout.root(), move.to()));
  }

  @Override
  public void moveAgain(CommitJournal.Move move) throws IOException {
    move(move); // a file that has its final name is left alone
  }

  /** Of each file that holds such rows, what remains of it. */
  @Override
  public List<CommitJournal.Move> stageRemoval(long wave, CacheTable table, Dataset<Row> keys)
      throws IOException {
    Column file = col("_metadata.file_name");
    Column[] columns =
        Stream.concat(table.key().stream().map(Columns::quoted), Stream.of(file.as(FILE)))
            .toArray(Column[]::new);
    Dataset<Row> places = rows(table).select(columns);
    Dataset<Row> found =
        places
            .join(keys, table.sameKey(places, keys), "left_semi")
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<CommitJournal.Move> replacements = new ArrayList<>();
      for (Row each : found.groupBy(FILE).count().orderBy(FILE).collectAsList()) {
        Path place = new Path(layout.table(table), each.getString(0));
        Dataset<Row> ofFile = found.where(col(FILE).equalTo(each.getString(0))).drop(FILE);
        replacements.add(
            new CommitJournal.Move(
                each.getLong(1) == rowCount(place) ? null : remains(wave, table, place, ofFile),
                layout.below(place)));
      }
      return replacements;
    } finally {
      found.unpersist();
    }
  }

  @Override
  public List<String> expiry(CacheTable table) {
    return List.of(); // the files were deleted
  }

  @Override
  public List<String> indexed(Collection<String> ids) throws IOException {
    List<String> indexed = new ArrayList<>();
    if (!LookupIndex.tables(files.fileSystem(), layout).isEmpty()) {
      LookupIndex all = LookupIndex.open(files.fileSystem(), layout);
      for (String id : ids) {
        if (all.knows(id)) {
          indexed.add(id);
        }
      }
    }
    return indexed;
  }

  private long rowCount(Path file) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(file, spark.sparkContext().hadoopConfiguration()))) {
      return reader.getRecordCount();
    }
  }

  /** Writes what remains of a file without these rows, and says where it is, below the output. */
  private String remains(long wave, CacheTable table, Path file, Dataset<Row> removed)
      throws IOException {
    Dataset<Row> rows = read(file, withPassthrough(table, SparkFiles.of(spark).parquet(file)));
    Dataset<Row> kept = rows.join(broadcast(removed), table.sameKey(rows, removed), "left_anti");
    Path folder =
        new Path(layout.staging(wave), table.folder() + "-" + file.getName().replace('.', '-'));
    tableFiles.write(table, kept.coalesce(1), folder);
    for (FileStatus status : files.list(folder)) {
      if (status.getPath().getName().endsWith(".parquet")) {
        return layout.below(files.fileSystem().makeQualified(status.getPath()));
      }
    }
    throw new IllegalStateException("Spark wrote no file to " + folder);
  }

  @Override
  public void replace(CommitJournal.Move replacement) throws IOException {
    Path place = new Path(layout.root(), replacement.to());
    if (replacement.from() == null) {
      files.delete(place);
    } else {
      files.replace(new Path(layout.root(), replacement.from()), place);
    }
  }

  @Override
  public void moved(CommitJournal journal) throws IOException {
    if (isIndexLost(journal.wave())) {
      LOG.warn("the lookup index is gone; rebuilding it");
      index.rebuild();
      return;
    }
    index.refresh(changedWaves(journal));
    index.addWave(
        journal.wave(), moved(journal, CacheTable.TOKENS), moved(journal, CacheTable.CONTENTS));
    index.mergeLatest();
  }

  /** Whether nothing leads to rows that came before a wave. */
  private boolean isIndexLost(long wave) throws IOException {
    return LookupIndex.tables(files.fileSystem(), layout).isEmpty()
        && waves(CacheTable.TOKENS).getMin() < wave;
  }

  /** The waves of files that the index was made of, and that were replaced. */
  private SortedSet<Long> changedWaves(CommitJournal journal) {
    SortedSet<Long> waves = new TreeSet<>();
    for (CommitJournal.Move replacement : journal.replacements()) {
      Path file = new Path(layout.root(), replacement.to());
      String table = file.getParent().getName();
      if (table.equals(CacheTable.TOKENS.folder()) || table.equals(CacheTable.CONTENTS.folder())) {
        waves.add(CacheLayout.waveOf(file));
      }
    }
    return waves;
  }

  private List<Path> moved(CommitJournal journal, CacheTable table) {
    return journal.moves().stream()
        .map(move -> new Path(layout.root(), move.to()))
        .filter(file -> file.getParent().getName().equals(table.folder()))
        .toList();
  }

  @Override
  public long recover() throws IOException {
    files.deleteTemporaries(layout.index());
    // A wave whose files were all removed is still in the name of a slot table.
    long last = lastWave(LookupIndex.tables(files.fileSystem(), layout));
    for (CacheTable table : CacheTable.values()) {
      last = Math.max(last, waves(table).getMax());
    }
    indexWhatIsMissing();
    return last;
  }

  /**
   * An index that does not reach the last wave was lost, or its making was cut off; one that does
   * not reach back to the first was lost while waves were committed.
   */
  private void indexWhatIsMissing() throws IOException {
    List<SlotTable> tables = LookupIndex.tables(files.fileSystem(), layout);
    LongSummaryStatistics waves = waves(CacheTable.TOKENS);
    if (waves.getMax() > lastWave(tables)
        || (!tables.isEmpty() && waves.getMin() < tables.get(0).firstWave())) {
      LOG.warn("the lookup index lacks waves, it ends at {}; rebuilding it", lastWave(tables));
      index.rebuild();
    }
    index.deleteCovered();
  }

  private static long lastWave(List<SlotTable> tables) {
    return tables.stream().mapToLong(SlotTable::lastWave).max().orElse(0);
  }

  /** Of a table's files. */
  private LongSummaryStatistics waves(CacheTable table) throws IOException {
    return files.listTable(layout.table(table)).stream()
        .mapToLong(status -> CacheLayout.waveOf(status.getPath()))
        .summaryStatistics();
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
