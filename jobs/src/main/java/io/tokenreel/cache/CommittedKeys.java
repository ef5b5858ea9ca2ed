package io.tokenreel.cache;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The keys of a table's committed rows, as a DataFrame: ten million of them never meet in the
 * driver.
 */
public final class CommittedKeys {

  private final CacheTable table;
  private final Dataset<Row> rows;

  private CommittedKeys(CacheTable table, Dataset<Row> rows) {
    this.table = table;
    this.rows = rows;
  }

  static CommittedKeys of(SparkSession spark, FileSystem fs, CacheLayout layout, CacheTable table)
      throws IOException {
    StructType schema =
        new StructType(
            Arrays.stream(table.schema().fields())
                .filter(field -> table.key().contains(field.name()))
                .toArray(StructField[]::new));
    boolean empty = CacheFiles.list(fs, layout.table(table)).isEmpty();
    Dataset<Row> rows =
        empty
            ? spark.createDataFrame(List.<Row>of(), schema)
            : spark.read().schema(schema).parquet(layout.table(table).toString());
    return new CommittedKeys(table, rows);
  }

  /** The key columns, one row per committed row. */
  public Dataset<Row> rows() {
    return rows;
  }

  /** The candidates that are not committed: all their columns, joined on the key's columns. */
  public Dataset<Row> missing(Dataset<Row> candidates) {
    return joined(candidates, "left_anti");
  }

  /** The candidates that are committed. */
  public Dataset<Row> present(Dataset<Row> candidates) {
    return joined(candidates, "left_semi");
  }

  private Dataset<Row> joined(Dataset<Row> candidates, String how) {
    List<String> columns = Arrays.asList(candidates.columns());
    if (!columns.containsAll(table.key())) {
      throw new IllegalArgumentException(
          "candidates for %s/ need the key columns %s; found %s"
              .formatted(table.folder(), table.key(), columns));
    }
    return candidates.join(rows, table.key().toArray(new String[0]), how);
  }
}
