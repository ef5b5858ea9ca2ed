package io.tokenreel.cache.lookup;

import static org.apache.spark.sql.functions.col;

import io.tokenreel.cache.CacheKey;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TableSettingsException;
import io.tokenreel.cache.VideoContent;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.cache.store.Contents;
import io.tokenreel.model.SourceTimes;
import io.tokenreel.sql.Columns;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.StoredRows;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.SourceInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Reads single videos by a Spark job, from a cache wherever its tables are: {@link TokenCache}
 * needs none, and Parquet below the output. What files the job reads is up to the format: its
 * statistics of {@code video_id}, by which each wave's rows are sorted, and its bloom filters.
 */
public final class CatalogLookup {

  private CatalogLookup() {}

  /**
   * The rows of a video's current bytes, see {@link Contents}: one per encoder, sampling and
   * compression. Empty for an unknown video.
   *
   * @param output the cache's folder
   * @throws TableSettingsException when a catalog has the rows that the session cannot ask
   */
  public static List<CachedTokens> lookup(SparkSession spark, Path output, String videoId)
      throws IOException {
    var rows = CommittedRows.withPassthrough(spark, output, CacheTable.TOKENS);
    Column[] columns =
        Arrays.stream(rows.schema().fields()).map(CatalogLookup::read).toArray(Column[]::new);
    Column ofVideo = col(VideoContent.ID).equalTo(videoId);
    Dataset<Row> current = CommittedRows.currentContents(spark, output).where(ofVideo);
    return VideoContent.within(rows.where(ofVideo), current)
        .select(columns)
        .orderBy(Columns.quoted(CacheKey.SETTING))
        .collectAsList()
        .stream()
        .map(CatalogLookup::tokensOf)
        .toList();
  }

  /** A manifest's own column is read as text. */
  private static Column read(StructField field) {
    Column column = Columns.quoted(field.name());
    return isPassthrough(field) ? column.cast("string").as(field.name()) : column;
  }

  private static boolean isPassthrough(StructField field) {
    boolean primitive =
        !(field.dataType() instanceof ArrayType
            || field.dataType() instanceof MapType
            || field.dataType() instanceof StructType);
    return primitive && !List.of(CacheSchema.TOKENS.fieldNames()).contains(field.name());
  }

  private static CachedTokens tokensOf(Row row) {
    return new CachedTokens(
        CacheKey.of(row),
        row.getAs("video_uri"),
        row.<Integer>getAs("frames"),
        row.<Integer>getAs("grid_height"),
        row.<Integer>getAs("grid_width"),
        row.<Integer>getAs("tokens_per_frame"),
        row.<Integer>getAs("dim"),
        TokenFormat.of(row.getAs("dtype")),
        row.<Integer>getAs("token_count"),
        integers(row, "token_index"),
        row.getAs("tokens"),
        row.<Double>getList(row.fieldIndex("frame_seconds")).stream()
            .mapToDouble(Double::doubleValue)
            .toArray(),
        row.getAs("outcome"),
        row.getAs("writer_version"),
        row.getTimestamp(row.fieldIndex("created_at")).toInstant(),
        row.isNullAt(row.fieldIndex("planes")) ? 1 : row.<Integer>getAs("planes"),
        Optional.ofNullable(row.<String>getAs("layout")).map(FeedLayout.Kind::of),
        times(row),
        Optional.ofNullable(row.<byte[]>getAs("scales")).orElse(StoredRows.NO_SCALES),
        passthrough(row));
  }

  private static int[] integers(Row row, String column) {
    return row.<Integer>getList(row.fieldIndex(column)).stream()
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static Optional<SourceTimes> times(Row row) {
    return row.isNullAt(row.fieldIndex("source_rate"))
        ? Optional.empty()
        : Optional.of(
            new SourceTimes(
                new SourceInfo(
                    row.<Integer>getAs("source_frames"), row.<Double>getAs("source_rate")),
                integers(row, "frame_index")));
  }

  private static Map<String, String> passthrough(Row row) {
    Map<String, String> values = new TreeMap<>();
    for (StructField field : row.schema().fields()) {
      if (isPassthrough(field) && !row.isNullAt(row.fieldIndex(field.name()))) {
        values.put(field.name(), row.getAs(field.name()));
      }
    }
    return values;
  }
}
