package io.tokenreel.cache;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Where the rows of a cache's tables are, and how those of a wave get there: {@link ParquetTables}
 * below the output, or {@link CatalogTables}. What a wave is, and when it is committed, is the same
 * for both.
 */
interface TableStore {

  /** Whether a table has been made. */
  boolean has(CacheTable table) throws IOException;

  /** The rows that a table holds now, in its fixed columns; none when it has not been made. */
  Dataset<Row> rows(CacheTable table) throws IOException;

  /** The same, with the columns that manifests had, NULL in the rows of those that had not. */
  Dataset<Row> rowsWithPassthrough(CacheTable table) throws IOException;

  /**
   * Rows that follow from those of the tables, such as they are now; commits do not change them.
   */
  Dataset<Row> unchanging(Dataset<Row> rows);

  /**
   * Makes a table that can take rows with these columns of a manifest.
   *
   * @throws TableSettingsException when it has one of them with another type
   */
  void prepare(CacheTable table, StructType passthrough) throws IOException;

  /**
   * The ways from staging into the tables, in the order in which they are to be gone.
   *
   * @param staged folders of Parquet files
   */
  List<CommitJournal.Move> moves(long wave, Map<CacheTable, Path> staged) throws IOException;

  /** Goes one of them, which nobody has tried before. */
  void move(CommitJournal.Move move) throws IOException;

  /** Goes one of them, which may have been gone before. */
  void moveAgain(CommitJournal.Move move) throws IOException;

  /** Does what follows when all of a journal's ways are gone; may be repeated. */
  void moved(CommitJournal journal) throws IOException;

  /**
   * Brings in order what else a writer that died left behind.
   *
   * @return the last wave that the tables have; 0 when they do not tell
   */
  long recover() throws IOException;

  /** Does what is worth doing when a writer has nothing more to commit. */
  void tidy() throws IOException;

  /** What is not as it should be, rows aside. */
  List<Finding> check() throws IOException;
}
