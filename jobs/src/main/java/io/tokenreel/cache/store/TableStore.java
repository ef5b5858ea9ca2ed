package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.Finding;
import io.tokenreel.cache.TableSettingsException;
import java.io.IOException;
import java.util.Collection;
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
public interface TableStore {

  /** A column of {@link #inOrder}, which no table has. */
  String ORDER = "commit_order";

  /** Whether a table has been made. */
  boolean has(CacheTable table) throws IOException;

  /** The rows that a table holds now, in its fixed columns; none when it has not been made. */
  Dataset<Row> rows(CacheTable table) throws IOException;

  /** The same, with the columns that manifests had, NULL in the rows of those that had not. */
  Dataset<Row> rowsWithPassthrough(CacheTable table) throws IOException;

  /** The fixed columns, and {@value #ORDER}, a long that rises from each commit to the next. */
  Dataset<Row> inOrder(CacheTable table) throws IOException;

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

  /** Makes views of the current rows, where there is a catalog that can keep them. */
  void prepareViews() throws IOException;

  /**
   * The moves from staging into the tables, in the order in which they are to be made.
   *
   * @param staged folders of Parquet files
   */
  List<CommitJournal.Move> moves(long wave, Map<CacheTable, Path> staged) throws IOException;

  /** Whether moves are made by Spark jobs, as an append to a catalog's table is. */
  boolean movesByJobs();

  /** Makes a move that has not been tried before. */
  void move(CommitJournal.Move move) throws IOException;

  /** Retries a move that may have been made before; it is idempotent. */
  void moveAgain(CommitJournal.Move move) throws IOException;

  /**
   * Stages the removal of rows from a table.
   *
   * @param keys of the rows
   * @return what is then to be replaced, by {@link #replace}
   */
  List<CommitJournal.Move> stageRemoval(long wave, CacheTable table, Dataset<Row> keys)
      throws IOException;

  /** Statements by which the owner of a catalog has removed rows out of a table's past. */
  List<String> expiry(CacheTable table);

  /** Those of these ids that the lookup index leads to; none where there is no index. */
  List<String> indexed(Collection<String> ids) throws IOException;

  /** Replaces what a removal staged; it is idempotent. */
  void replace(CommitJournal.Move replacement) throws IOException;

  /** Does what follows when all moves of a journal are made; it is idempotent. */
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
