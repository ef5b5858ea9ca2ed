package io.tokenreel.cli;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Counts of what a cache holds.
 *
 * @param columns names of the columns
 * @param rows values in the columns' order
 */
record CacheContents(List<String> columns, List<Row> rows) {

  private static final StructType LEFT_OUT =
      new StructType()
          .add("run_id", DataTypes.StringType, false)
          .add("reason", DataTypes.StringType, false)
          .add("names", DataTypes.LongType, false);

  CacheContents {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  private static CacheContents of(Dataset<Row> rows) {
    return new CacheContents(List.of(rows.columns()), rows.collectAsList());
  }

  /**
   * Rows, tokens, their share of the whole grid and bytes, per setting, dtype and outcome; and how
   * many of the rows are superseded, being of bytes that their video has no more.
   */
  static CacheContents tokens(SparkSession spark, Path cache) throws IOException {
    Column[] perRow =
        Stream.concat(CacheKey.SETTING.stream(), Stream.of("dtype", "outcome"))
            .map(Columns::quoted)
            .toArray(Column[]::new);
    Dataset<Row> current =
        CommittedRows.currentContents(spark, cache).withColumn("current", lit(true));
    return of(
        CommittedRows.of(spark, cache, CacheTable.TOKENS)
            .withColumn(
                "bytes", length(col("tokens")).plus(coalesce(length(col("scales")), lit(0))))
            .drop(
                "tokens",
                "scales",
                "token_index",
                "frame_seconds") // what follows may shuffle the rows
            .join(current, VideoContent.columns(), "left_outer")
            .groupBy(perRow)
            .agg(
                count(lit(1)).as("videos"),
                sum(col("token_count").cast("long")).as("tokens"),
                round(
                        sum("token_count")
                            .divide(sum(col("frames").multiply(col("tokens_per_frame")))),
                        4)
                    .as("share"),
                sum("bytes").as("bytes"),
                count_if(col("current").isNull()).as("superseded"))
            .orderBy(perRow));
  }

  /** Videos per run, outcome and reason. */
  static CacheContents outcomes(SparkSession spark, Path cache) throws IOException {
    return of(
        CommittedRows.of(spark, cache, CacheTable.OUTCOMES)
            .groupBy("run_id", "outcome", "reason")
            .agg(count(lit(1)).as("videos"))
            .orderBy("run_id", "outcome", "reason"));
  }

  /** Names that the listings of runs left out, per run and reason. */
  static CacheContents leftOut(SparkSession spark, Path cache) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (RunRecord run : RunRecords.of(spark.sparkContext().hadoopConfiguration(), cache)) {
      run.leftOut()
          .forEach((reason, names) -> rows.add(RowFactory.create(run.runId(), reason, names)));
    }
    return of(spark.createDataFrame(rows, LEFT_OUT));
  }

  /** The rows as maps from column to value. */
  List<Map<String, Object>> asMaps() {
    return rows.stream()
        .map(
            row -> {
              Map<String, Object> map = new LinkedHashMap<>();
              columns.forEach(name -> map.put(name, row.getAs(name)));
              return map;
            })
        .toList();
  }
}
