package io.tokenreel.cache.store;

import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.UriColumns;
import io.tokenreel.sql.Columns;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Writes rows as Parquet files in the layout of their table.
 *
 * <p>Spark takes the type of timestamps in files from the session alone, and its default is the
 * deprecated INT96. So the files are written in a session of their own, which has the caller's
 * settings as they were when this was made: the caller's session may be writing other files at the
 * same time.
 */
public final class TableFileWriter {

  private static final String TIMESTAMP_TYPE = "spark.sql.parquet.outputTimestampType";

  private static final String LEGACY_LISTS = "spark.sql.parquet.writeLegacyFormat";

  /** The column that has a URI, and that of others' words about it. */
  private static final String URI = "video_uri";

  private static final String WORDS = "detail";

  private final SparkSession caller;
  private SparkSession own;

  public TableFileWriter(SparkSession caller) {
    this.caller = caller;
  }

  /**
   * Writes one file per partition of {@code rows}, sorted by {@code video_id}.
   *
   * @param rows the table's columns in any order, and others that follow them
   * @throws IllegalArgumentException when a column is missing or of another type
   */
  public void write(CacheTable table, Dataset<Row> rows, Path folder) {
    write(table, rows, folder, (sorted, schema) -> sorted);
  }

  /**
   * Writes rows as {@link #write(CacheTable, Dataset, Path)} does, but for those that are committed
   * already.
   *
   * @param table that has outcomes, or {@code outcomes/} itself
   * @return what the rows are, counted, those that are committed among them
   */
  public WrittenRows writeCounted(
      CacheTable table, Dataset<Row> rows, CommittedKeys committed, Path folder) {
    WrittenRows counts = new WrittenRows(caller.sparkContext());
    write(
        table,
        rows,
        folder,
        (sorted, schema) -> {
          JavaRDD<Row> counted = sorted.map(counts.counting(schema));
          if (committed.isEmpty()) {
            return counted;
          }
          int[] at = committed.columns(schema);
          return counted.filter(row -> !committed.has(row, at));
        });
    return counts;
  }

  /** What is done to rows on their way to their files. */
  @FunctionalInterface
  private interface Passing {
    JavaRDD<Row> of(JavaRDD<Row> sorted, StructType schema);
  }

  private void write(CacheTable table, Dataset<Row> rows, Path folder, Passing passing) {
    StructType schema = CacheSchema.written(table, rows.schema());
    // A sort that the plan knows to be there already is dropped by Spark.
    Dataset<Row> sorted =
        rows.select(
                Arrays.stream(schema.fieldNames())
                    .map(TableFileWriter::written)
                    .toArray(Column[]::new))
            .sortWithinPartitions("video_id");
    // Through rows rather than columns: a NULL in a column that must not be NULL stops the job, and
    // every file declares its columns alike whatever the plan knew about them.
    session()
        .createDataFrame(passing.of(sorted.javaRDD(), schema), schema)
        .write()
        .options(table.writeOptions())
        .parquet(folder.toString());
  }

  /** A column as it is written: what quotes URIs, without their secrets. */
  private static Column written(String name) {
    Column column = Columns.quoted(name);
    return switch (name) {
      case URI -> UriColumns.uri(column).as(name);
      case WORDS -> UriColumns.text(column).as(name);
      default -> column;
    };
  }

  private synchronized SparkSession session() {
    if (own == null) {
      own = caller.newSession();
      for (Map.Entry<String, String> setting :
          CollectionConverters.asJava(caller.conf().getAll()).entrySet()) {
        if (own.conf().isModifiable(setting.getKey())) {
          own.conf().set(setting.getKey(), setting.getValue());
        }
      }
      own.conf().set(TIMESTAMP_TYPE, "TIMESTAMP_MICROS");
      own.conf().set(LEGACY_LISTS, "false"); // which lookups do not read
    }
    return own;
  }
}
