package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.pipeline.input.ManifestColumns;
import io.tokenreel.sql.Columns;
import io.tokenreel.sql.TokenSchemas;
import io.tokenreel.stage.FedColumn;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** From the flat rows of {@link PrecomputeStages#run} to the rows of the cache's tables. */
final class CacheRows {

  private CacheRows() {}

  /** The shape of a block column, as the struct {@code grid} of the flat rows. */
  static Column grid(String block) {
    return struct(
            col(block + ".frames"),
            col(block + ".grid_height"),
            col(block + ".grid_width"),
            col(block + ".tokens_per_frame"),
            col(block + ".planes"))
        .as("grid");
  }

  /**
   * One row per video and compression that did not refuse it: what was kept, without the tokens.
   */
  static Dataset<Row> selections(Dataset<Row> videos) {
    return rows(
        videos
            .withColumn("cell", explode(Compressions.accepted()))
            .select(
                col("*"),
                col("cell.compression"),
                col("grid.*"),
                size(col("cell.kept.index")).as("token_count"),
                col("cell.kept.index").as("token_index"),
                col("cell.kept.frame_budgets")),
        CacheTable.SELECTIONS);
  }

  /** One row per video and compression that did not refuse it, with the model's own rows. */
  static Dataset<Row> tokens(Dataset<Row> videos) {
    return rows(
        videos
            .withColumn("cell", explode(Compressions.accepted()))
            .withColumn(
                "fed",
                FedColumn.of(col("cell.kept"), col("grid"), col("separator_rows"), col("layout")))
            .select(
                col("*"),
                col("cell.compression"),
                col("grid.*"),
                col("fed.dim").divide(coalesce(col("grid.planes"), lit(1))).cast("int").as("dim"),
                col("fed.dtype"),
                size(col("fed.index")).as("token_count"),
                col("fed.index").as("token_index"),
                col("fed.data").as("tokens"),
                col("fed.scales").as("scales")),
        CacheTable.TOKENS);
  }

  /** One row per video that has tokens. */
  static Dataset<Row> features(Dataset<Row> videos) {
    Column[] stored =
        Arrays.stream(TokenSchemas.BLOCK.fieldNames())
            .map(field -> col("block." + field))
            .toArray(Column[]::new);
    return rows(
        videos
            .filter(col("block").isNotNull())
            .withColumn("planes", col("block.planes"))
            .withColumn("scales", col("block.scales"))
            .withColumn("block", struct(stored)),
        CacheTable.FEATURES);
  }

  /** One row per video, whatever became of it. */
  static Dataset<Row> outcomes(Dataset<Row> videos, String runId) {
    return rows(videos.withColumn("run_id", lit(runId)), CacheTable.OUTCOMES);
  }

  private static Dataset<Row> rows(Dataset<Row> rows, CacheTable table) {
    List<String> columns =
        Stream.concat(Arrays.stream(table.schema().fieldNames()), ManifestColumns.of(rows).stream())
            .toList();
    return rows.select(Columns.quoted(columns));
  }
}
