package io.tokenreel.cache.store;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheFiles;
import io.tokenreel.cache.CacheLayout;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.files.Stores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The committed rows of a cache's tables, as DataFrames, wherever the cache has them; a table that
 * has not been made has no rows.
 */
public final class CommittedRows {

  private CommittedRows() {}

  /**
   * The rows that a table holds now, in its fixed columns.
   *
   * @param output the cache's folder
   * @throws TableSettingsException when a catalog has them that the session cannot ask
   */
  public static Dataset<Row> of(SparkSession spark, Path output, CacheTable table)
      throws IOException {
    return store(spark, output).rows(table);
  }

  /**
   * The rows that a table holds now, in its fixed columns and those that manifests had; a row whose
   * manifest did not have a column has NULL there. Of Parquet, the footer of every file is read.
   *
   * @param output the cache's folder
   * @throws TableSettingsException when a catalog has them that the session cannot ask
   */
  public static Dataset<Row> withPassthrough(SparkSession spark, Path output, CacheTable table)
      throws IOException {
    return store(spark, output).rowsWithPassthrough(table);
  }

  /**
   * The rows of a table that are current, see {@link Contents}, in its fixed columns.
   *
   * @param output the cache's folder
   * @param table one whose rows are made of a video's bytes: tokens, features or selections
   * @throws TableSettingsException when a catalog has them that the session cannot ask
   */
  public static Dataset<Row> current(SparkSession spark, Path output, CacheTable table)
      throws IOException {
    TableStore store = store(spark, output);
    return Contents.currentOf(store.rows(table), Contents.of(store));
  }

  /**
   * Which bytes of each video are current: {@code video_id, content_sha256}, a row per video.
   *
   * @param output the cache's folder
   * @throws TableSettingsException when a catalog has them that the session cannot ask
   */
  public static Dataset<Row> currentContents(SparkSession spark, Path output) throws IOException {
    return Contents.current(Contents.of(store(spark, output)));
  }

  /**
   * What a cache would lose by a writer that forgets videos; nothing is changed.
   *
   * @param output the cache's folder
   */
  public static Removed wouldForget(SparkSession spark, Path output, Collection<String> ids)
      throws IOException {
    try (RowsToRemove rows = RowsToRemove.ofVideos(store(spark, output), ids)) {
      return new Removed(rows.counts(), 0, List.of());
    }
  }

  /**
   * What a cache would lose by a writer that vacuums; nothing is changed.
   *
   * @param output the cache's folder
   */
  public static Removed wouldVacuum(SparkSession spark, Path output, Vacuum vacuum)
      throws IOException {
    List<RunRecord> runs = RunRecords.of(spark.sparkContext().hadoopConfiguration(), output);
    try (RowsToRemove rows = RowsToRemove.of(spark, store(spark, output), runs, vacuum)) {
      return new Removed(rows.counts(), 0, List.of());
    }
  }

  /**
   * Those of these ids that any table has rows of, sorted.
   *
   * @param output the cache's folder
   */
  public static List<String> known(SparkSession spark, Path output, Collection<String> ids)
      throws IOException {
    TableStore store = store(spark, output);
    SortedSet<String> known = new TreeSet<>();
    for (CacheTable table : CacheTable.values()) {
      if (store.has(table)) {
        store
            .rows(table)
            .select("video_id")
            .where(col("video_id").isInCollection(ids))
            .distinct()
            .collectAsList()
            .forEach(row -> known.add(row.getString(0)));
      }
    }
    return List.copyOf(known);
  }

  /**
   * What a writer that is at work, or died, has in an output: names below the output.
   *
   * @param output the cache's folder
   */
  public static List<String> leftovers(Configuration hadoop, Path output) throws IOException {
    FileSystem fs = Stores.of(output, hadoop);
    CacheLayout layout = new CacheLayout(fs.makeQualified(output));
    List<String> names = new ArrayList<>();
    for (Path folder : List.of(layout.journals(), layout.staging())) {
      for (FileStatus status : CacheFiles.list(fs, folder)) {
        names.add(folder.getName() + "/" + status.getPath().getName());
      }
    }
    return names;
  }

  private static TableStore store(SparkSession spark, Path output) throws IOException {
    FileSystem fs = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    return TableStores.of(
        spark,
        new CacheFiles(fs, CacheFiles.StepListener.NONE),
        new CacheLayout(fs.makeQualified(output)));
  }
}
