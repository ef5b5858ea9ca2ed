package io.tokenreel.cache.store;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.sql.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Keys of rows that are to leave a cache's tables. They are found by columns that every reader has,
 * and nothing is changed by finding them.
 *
 * @param keys of each table that exists, a row per row to be removed, in the columns of its key
 * @param persisted what the keys are found by, until this is closed
 */
public record RowsToRemove(Map<CacheTable, Dataset<Row>> keys, List<Dataset<Row>> persisted)
    implements AutoCloseable {

  /** What one encoder made of one content goes as a whole or not at all. */
  private static final String[] MADE = VideoContent.columns(EncodingSetting.ENCODER);

  private static final List<CacheTable> OF_CONTENTS =
      List.of(CacheTable.TOKENS, CacheTable.FEATURES, CacheTable.SELECTIONS);

  /** All rows of these videos. */
  public static RowsToRemove ofVideos(TableStore store, Collection<String> ids) throws IOException {
    return of(store, table -> col("video_id").isInCollection(ids));
  }

  private static RowsToRemove of(TableStore store, Function<CacheTable, Column> rows)
      throws IOException {
    Map<CacheTable, Dataset<Row>> keys = new EnumMap<>(CacheTable.class);
    for (CacheTable table : CacheTable.values()) {
      if (store.has(table)) {
        keys.put(table, key(table, store.rows(table).where(rows.apply(table))));
      }
    }
    return new RowsToRemove(keys, List.of());
  }

  private static Dataset<Row> key(CacheTable table, Dataset<Row> rows) {
    return rows.select(Columns.quoted(table.key()));
  }

  /** What a vacuum removes. */
  public static RowsToRemove of(
      SparkSession spark, TableStore store, List<RunRecord> runs, Vacuum vacuum)
      throws IOException {
    Dataset<Row> contents = Contents.of(store);
    Dataset<Row> made = made(store, contents, vacuum).persist();
    Map<CacheTable, Dataset<Row>> keys = new EnumMap<>(CacheTable.class);
    for (CacheTable table : CacheTable.values()) {
      if (!store.has(table)) {
        continue;
      }
      Dataset<Row> rows = store.rows(table);
      Dataset<Row> leaving =
          switch (table) {
            case TOKENS, FEATURES, SELECTIONS, ANSWERS -> rows.join(made, MADE, "left_semi");
            case OUTCOMES ->
                rows.where(col("outcome").isin("OK", "DEGRADED"))
                    .join(encoders(spark, runs), "run_id")
                    .join(made, MADE, "left_semi");
            case CONTENTS -> passed(rows);
          };
      keys.put(table, key(table, leaving));
    }
    return new RowsToRemove(keys, List.of(made));
  }

  /** The groups of rows that go: {@code video_id, content_sha256, encoder}. */
  private static Dataset<Row> made(TableStore store, Dataset<Row> contents, Vacuum vacuum)
      throws IOException {
    Column[] made = Columns.quoted(List.of(MADE));
    Dataset<Row> all = null;
    for (CacheTable table : OF_CONTENTS) {
      Dataset<Row> rows =
          store
              .rows(table)
              .select(VideoContent.ID, VideoContent.SHA256, EncodingSetting.ENCODER, "created_at");
      all = all == null ? rows : all.union(rows);
    }
    Dataset<Row> current = Contents.current(contents).withColumn("current", lit(true));
    Column goes = col(EncodingSetting.ENCODER).isin(vacuum.encoders().toArray());
    if (vacuum.superseded() == Vacuum.Superseded.REMOVE) {
      goes = goes.or(col("current").isNull());
    }
    return all.groupBy(made)
        .agg(max("created_at").as("last"))
        .join(current, VideoContent.columns(), "left_outer")
        .where(goes.and(col("last").lt(lit(vacuum.before()))))
        .select(made);
  }

  private static Dataset<Row> encoders(SparkSession spark, List<RunRecord> runs) {
    StructType schema =
        new StructType()
            .add("run_id", DataTypes.StringType)
            .add(EncodingSetting.ENCODER, DataTypes.StringType);
    List<Row> rows = new ArrayList<>();
    runs.forEach(run -> rows.add(RowFactory.create(run.runId(), run.encoder())));
    return spark.createDataFrame(rows, schema);
  }

  /** Of what is said of each video's bytes all but the last. */
  private static Dataset<Row> passed(Dataset<Row> contents) {
    Dataset<Row> last = contents.groupBy("video_id").agg(max("wave").as("wave"));
    return contents.join(last, new String[] {"video_id", "wave"}, "left_anti");
  }

  /** Rows that are to be removed, by table. */
  public Map<CacheTable, Long> counts() {
    Map<CacheTable, Long> counts = new EnumMap<>(CacheTable.class);
    keys.forEach((table, rows) -> counts.put(table, rows.count()));
    return counts;
  }

  @Override
  public void close() {
    persisted.forEach(Dataset::unpersist);
  }
}
