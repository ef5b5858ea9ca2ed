package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.pipeline.setting.CompressSettings;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A video that a compression refuses is a row; the others go on. */
@Tag("slow")
class RefusedVideoTest {

  /** Of these the first has a frame at a frame per second, the second thirteen. */
  private static final String SHORT = "hevc.mp4";

  private static final String LONG = "two_streams.mp4";
  private static final String ANY = "vidcom2:retention=0.5";
  private static final String FIVE_FRAMES = "dycoke:prune=0.5";
  private static final String WHY =
      "dycoke:prune=0.5: dycoke as released needs more than 4 frames; got 1: use"
          + " 'dycoke:prune=0.5,mode=paper', which takes any number";

  private final SparkSession spark = LocalSpark.plain();

  @TempDir Path folder;

  @Test
  void precompute_videoThatOneOfTwoCompressionsRefuses_isFailedWithoutRows() throws IOException {
    precompute(List.of(ANY, FIVE_FRAMES));
    assertRefused("cache", List.of(CacheTable.TOKENS, CacheTable.FEATURES));
    assertEquals(1, rows("cache", CacheTable.FEATURES).count());
  }

  @Test
  void compress_videoThatOneOfTwoCompressionsRefuses_isFailedWithoutRows() throws IOException {
    precompute(List.of(ANY));
    assertEquals(2, rows("cache", CacheTable.FEATURES).count());
    String output = folder.resolve("compressed").toString();
    String features = folder.resolve("cache").toString();
    new CompressJob(
            spark,
            new CompressSettings(features, output, null, List.of(ANY, FIVE_FRAMES), false, 10),
            Progress.silent())
        .run();
    assertRefused("compressed", List.of(CacheTable.TOKENS, CacheTable.SELECTIONS));
    assertEquals(2, rows("compressed", CacheTable.SELECTIONS).count());
  }

  private void precompute(List<String> compressions) throws IOException {
    PrecomputeSettings settings =
        new PrecomputeSettings(
            Stream.of(SHORT, LONG).map(name -> JobTests.VIDEOS.resolve(name).toString()).toList(),
            folder.resolve("cache").toString(),
            null,
            "default",
            "fps:rate=1,max=8",
            compressions,
            true,
            "bf16",
            "cpu",
            "auto",
            4,
            "sampled",
            60,
            512,
            12,
            16,
            10,
            null,
            null,
            null);
    new PrecomputeJob(spark, settings, Progress.silent()).run();
  }

  private void assertRefused(String cache, List<CacheTable> tables) throws IOException {
    assertEquals(
        List.of(SHORT + " FAILED compression_error " + WHY, LONG + " OK null null"),
        texts(rows(cache, CacheTable.OUTCOMES), "video_id", "outcome", "reason", "detail"));
    for (CacheTable table : tables) {
      assertEquals(
          List.of(LONG), texts(rows(cache, table).select("video_id").distinct(), "video_id"));
    }
    assertEquals(List.of(FIVE_FRAMES, ANY), texts(rows(cache, CacheTable.TOKENS), "compression"));
  }

  private Dataset<Row> rows(String cache, CacheTable table) {
    return spark
        .read()
        .schema(table.schema())
        .parquet(folder.resolve(cache).resolve(table.folder()).toString());
  }

  private static List<String> texts(Dataset<Row> rows, String... columns) {
    Column[] texts =
        Stream.of(columns)
            .map(name -> functions.coalesce(functions.col(name), functions.lit("null")))
            .toArray(Column[]::new);
    return rows.select(functions.concat_ws(" ", texts)).collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
