package io.tokenreel.cache;

import io.tokenreel.files.Stores;
import java.io.IOException;
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

  private static TableStore store(SparkSession spark, Path output) throws IOException {
    FileSystem fs = Stores.of(output, spark.sparkContext().hadoopConfiguration());
    return TableStores.of(
        spark,
        new CacheFiles(fs, CacheFiles.StepListener.NONE),
        new CacheLayout(fs.makeQualified(output)));
  }
}
