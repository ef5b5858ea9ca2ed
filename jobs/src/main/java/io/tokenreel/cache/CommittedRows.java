package io.tokenreel.cache;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The committed rows of a cache's tables, as DataFrames; a table that has no file has no rows. */
public final class CommittedRows {

  private CommittedRows() {}

  /**
   * The rows that a table holds now, in its fixed columns.
   *
   * @param output the cache's folder
   */
  public static Dataset<Row> of(SparkSession spark, Path output, CacheTable table)
      throws IOException {
    return read(spark, output, table, table.schema());
  }

  /**
   * The rows that a table holds now, in its fixed columns and those that manifests had; a row whose
   * manifest did not have a column has NULL there. The footer of every file is read.
   *
   * @param output the cache's folder
   */
  public static Dataset<Row> withPassthrough(SparkSession spark, Path output, CacheTable table)
      throws IOException {
    StructType schema = table.schema();
    if (!isEmpty(spark, output, table)) {
      List<String> fixed = Arrays.asList(schema.fieldNames());
      StructType found =
          spark
              .read()
              .option("mergeSchema", true)
              .parquet(new Path(output, table.folder()).toString())
              .schema();
      for (StructField field : found.fields()) {
        schema = fixed.contains(field.name()) ? schema : schema.add(field);
      }
    }
    return read(spark, output, table, schema);
  }

  private static Dataset<Row> read(
      SparkSession spark, Path output, CacheTable table, StructType schema) throws IOException {
    return isEmpty(spark, output, table)
        ? spark.createDataFrame(List.<Row>of(), schema)
        : spark.read().schema(schema).parquet(new Path(output, table.folder()).toString());
  }

  private static boolean isEmpty(SparkSession spark, Path output, CacheTable table)
      throws IOException {
    FileSystem fs = output.getFileSystem(spark.sparkContext().hadoopConfiguration());
    return CacheFiles.list(fs, new Path(output, table.folder())).isEmpty();
  }
}
