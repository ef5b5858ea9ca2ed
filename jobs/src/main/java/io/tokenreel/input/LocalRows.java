package io.tokenreel.input;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Rows that the driver has, because they are few: what is asked of them costs no Spark job. Of
 * others, {@link Dataset#isLocal} is false, and Spark is asked.
 */
public final class LocalRows {

  /** More rows than these are left to Spark: some 2 MB of names. */
  public static final int MOST = 10_000;

  private LocalRows() {}

  /** A DataFrame of rows that the driver has. */
  public static Dataset<Row> of(SparkSession spark, List<Row> rows, StructType schema) {
    return spark.createDataFrame(rows, schema);
  }

  /**
   * Rows that are brought to the driver where they are few; others as they are.
   *
   * @param most so many
   */
  public static Dataset<Row> few(Dataset<Row> rows, int most) {
    List<Row> first = rows.limit(most + 1).collectAsList();
    return first.size() <= most ? of(rows.sparkSession(), first, rows.schema()) : rows;
  }

  /**
   * What projections and filters leave of rows: on the driver again, where those rows are.
   *
   * @param derived from {@code rows}, by what Spark computes on the driver then
   */
  public static Dataset<Row> derived(Dataset<Row> rows, Dataset<Row> derived) {
    return rows.isLocal()
        ? of(rows.sparkSession(), derived.collectAsList(), derived.schema())
        : derived;
  }

  /** How many rows there are; a job unless they are local. */
  public static long count(Dataset<Row> rows) {
    return rows.isLocal() ? rows.collectAsList().size() : rows.count();
  }
}
