package io.tokenreel.cache.lookup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheRows;
import io.tokenreel.cache.CacheSchema;
import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.TargetFolder;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.testing.CountingFileSystem;
import io.tokenreel.testing.LeavesUnsoundTables;
import io.tokenreel.token.FeedLayout;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.video.SourceInfo;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenCacheTest {

  private static final SparkSession SPARK = CacheRows.spark();
  private static final int CELLS = 2000;
  private static final int CELL_TOKENS = 96;
  private static final int CELL_DIM = 896;
  private static final int CELL_BYTES = CELL_TOKENS * CELL_DIM * 2; // 172,032

  @TempDir(factory = TargetFolder.class)
  java.nio.file.Path temporary;

  @Tag("slow")
  @Test
  void lookup_oneOfTwoThousand_readsThreeRangesAndATenthMoreThanTheCell() throws IOException {
    Path output = output("many");
    commitCells(output);
    Configuration conf = CountingFileSystem.configuration();
    for (int cell : new int[] {0, 1, 777, 1250, 1999}) {
      CountingFileSystem.reset();
      List<CachedTokens> rows =
          TokenCache.open(conf, CountingFileSystem.counted(output)).lookup(cellId(cell));
      String where =
          "cell %d: %d ranges, %d bytes for a cell of %d"
              .formatted(cell, CountingFileSystem.ranges(), CountingFileSystem.bytes(), CELL_BYTES);
      assertEquals(1, rows.size(), where);
      assertArrayEquals(cellBytes(cell), rows.get(0).tokens(), where);
      assertTrue(CountingFileSystem.ranges() <= 3, where);
      assertTrue(CountingFileSystem.bytes() <= CELL_BYTES * 1.1, where);
    }
    CountingFileSystem.reset();
    assertEquals(
        List.of(), TokenCache.open(conf, CountingFileSystem.counted(output)).lookup("absent"));
    assertEquals(1, CountingFileSystem.ranges());
  }

  /** Four waves of five hundred cells of random bytes, which no codec shrinks. */
  private static void commitCells(Path output) throws IOException {
    Row pattern = CacheRows.tokens("id", "content", CacheRows.HALF, CacheRows.CREATED);
    Integer[] places = new Integer[CELL_TOKENS];
    Arrays.setAll(places, i -> i);
    Row values =
        replaced(
            pattern,
            Map.of(
                "frames",
                4,
                "grid_height",
                7,
                "grid_width",
                7,
                "tokens_per_frame",
                49,
                "dim",
                CELL_DIM,
                "token_count",
                CELL_TOKENS,
                "token_index",
                places));
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      for (int first = 0; first < CELLS; first += CELLS / 4) {
        MapFunction<Long, Row> cell =
            i ->
                replaced(
                    values,
                    Map.of("video_id", cellId(i.intValue()), "tokens", cellBytes(i.intValue())));
        Dataset<Row> rows =
            SPARK
                .range(first, first + CELLS / 4, 1, 2)
                .as(Encoders.LONG())
                .map(cell, Encoders.row(CacheSchema.TOKENS));
        WaveCommit wave = writer.nextWave();
        wave.stage(CacheTable.TOKENS, rows);
        wave.commit();
      }
    }
  }

  private static String cellId(int cell) {
    return "video-%04d".formatted(cell);
  }

  private static byte[] cellBytes(int cell) {
    return CacheRows.blob(cellId(cell), "", "", CELL_BYTES);
  }

  private static Row replaced(Row row, Map<String, Object> values) {
    Object[] columns = new Object[row.size()];
    String[] names = CacheSchema.TOKENS.fieldNames();
    for (int i = 0; i < columns.length; i++) {
      columns[i] = values.getOrDefault(names[i], row.get(i));
    }
    return RowFactory.create(columns);
  }

  @Test
  void lookup_ofARow_givesEveryColumn() throws IOException {
    Path output = output("columns");
    Dataset<Row> rows =
        CacheRows.tokens(CacheRows.ids(0, 3), CacheRows.HALF, CacheRows.WHOLE)
            .withColumn("split", functions.lit("test"))
            .withColumn("year", functions.lit(2024))
            .withColumn("price", functions.expr("12.34BD"))
            .withColumn("day", functions.expr("DATE '2024-01-02'"))
            .withColumn("at", functions.expr("TIMESTAMP '2024-01-02 03:04:05Z'"))
            .withColumn("missing", functions.lit(null).cast("string"));
    CacheRows.commit(output, rows);
    TokenCache cache = TokenCache.open(new Configuration(), output);

    assertEquals(2, cache.lookup("clips/00001.mp4").size());
    CachedTokens found =
        cache
            .lookup("clips/00001.mp4", CacheRows.ENCODER, CacheRows.SAMPLING, CacheRows.HALF)
            .orElseThrow();
    assertEquals("file:/videos/clips/00001.mp4", found.videoUri());
    assertEquals(CacheRows.sha("content of clips/00001.mp4"), found.contentSha256());
    assertEquals(CacheRows.HALF, found.compression());
    assertEquals(
        List.of(4, 2, 2, 4, 8, 9),
        List.of(
            found.frames(),
            found.gridHeight(),
            found.gridWidth(),
            found.tokensPerFrame(),
            found.dim(),
            found.tokenCount()));
    assertEquals(TokenFormat.BF16, found.dtype());
    assertArrayEquals(new int[] {0, 2, 4, 6, 8, 10, 12, 14, -1}, found.tokenIndex());
    assertArrayEquals(
        CacheRows.keptTokens("clips/00001.mp4", "content of clips/00001.mp4", CacheRows.HALF),
        found.tokens());
    assertArrayEquals(new double[] {0, 0.5, 1, 1.5}, found.frameSeconds());
    assertEquals("OK", found.outcome());
    assertEquals(CacheRows.CREATED, found.createdAt());
    assertEquals(Optional.of(FeedLayout.Kind.CLOSING), found.layout());
    assertEquals(new SourceInfo(100, 25), found.times().orElseThrow().source());
    assertArrayEquals(new int[] {0, 33, 66, 99}, found.times().orElseThrow().index());
    assertEquals(
        Map.of(
            "split",
            "test",
            "year",
            "2024",
            "price",
            "12.34",
            "day",
            "2024-01-02",
            "at",
            "2024-01-02T03:04:05.000000+0000"),
        found.passthrough());
    assertTrue(cache.lookup("clips/00001.mp4", "other", "s", "c").isEmpty());
    assertEquals(List.of(), cache.lookup("clips/99999.mp4"));
  }

  @Test
  void lookup_bytesChangedOnAClockThatGoesBack_givesThoseOfTheLastCommit() throws IOException {
    Path output = output("newest");
    CacheRows.commit(output, one("first bytes", 60));
    CacheRows.commit(output, one("later bytes", 0));
    assertEquals(List.of(CacheRows.sha("later bytes")), contentsOf(output));
  }

  @LeavesUnsoundTables("their outcomes are of no run")
  @Test
  void lookup_bytesChangedBack_givesTheFirstRowsAgain() throws IOException {
    Path output = output("back");
    CacheRows.commit(output, one("first bytes", 0));
    CacheRows.commit(output, one("other bytes", 60));
    commitSeen(output, "first bytes");
    assertEquals(List.of(CacheRows.sha("first bytes")), contentsOf(output));
    assertEquals(3, CommittedRows.of(SPARK, output, CacheTable.CONTENTS).count());
    commitSeen(output, "first bytes");
    assertEquals(
        3, CommittedRows.of(SPARK, output, CacheTable.CONTENTS).count(), "nothing new was seen");
    output.getFileSystem(new Configuration()).delete(new Path(output, "_index"), true);
    TokenCacheWriter.open(SPARK, output).close();
    assertEquals(List.of(CacheRows.sha("first bytes")), contentsOf(output), "the index made again");
  }

  @LeavesUnsoundTables("their outcomes are of no run")
  @Tag("slow")
  @Test
  void lookup_cacheOfAnOlderVersionWhoseBytesChangedBack_givesTheFirstRowsAgain()
      throws IOException {
    Path output = output("older");
    CacheRows.commit(output, one("first bytes", 0));
    commitSeen(output, "first bytes");
    CacheRows.commit(output, one("other bytes", 60));
    commitSeen(output, "other bytes");
    commitSeen(output, "first bytes");
    FileSystem fs = output.getFileSystem(new Configuration());
    fs.delete(new Path(output, "contents"), true);
    fs.delete(new Path(output, "_index"), true);
    List<Row> before = current(output);
    TokenCacheWriter.open(SPARK, output).close();
    assertEquals(List.of(CacheRows.sha("first bytes")), contentsOf(output));
    assertEquals(before, current(output), "the same before and after it is written down");
  }

  private static List<Row> current(Path output) throws IOException {
    return CommittedRows.current(SPARK, output, CacheTable.TOKENS)
        .select("video_id", "content_sha256")
        .collectAsList();
  }

  /** What the lookup finds, which is what a scan finds. */
  private static List<String> contentsOf(Path output) throws IOException {
    List<String> found =
        TokenCache.open(new Configuration(), output).lookup("clips/00000.mp4").stream()
            .map(CachedTokens::contentSha256)
            .toList();
    assertEquals(
        found,
        CatalogLookup.lookup(SPARK, output, "clips/00000.mp4").stream()
            .map(CachedTokens::contentSha256)
            .toList());
    assertEquals(found, current(output).stream().map(row -> row.getString(1)).toList());
    return found;
  }

  /** A wave that carries an outcome on: the bytes are these, and their rows are there. */
  private static void commitSeen(Path output, String content) throws IOException {
    Row row = CacheRows.outcome("r" + content, "clips/00000.mp4", "OK", null);
    Row seen =
        CacheRows.spark()
            .createDataFrame(List.of(row), CacheSchema.OUTCOMES)
            .withColumn("content_sha256", functions.lit(CacheRows.sha(content)))
            .withColumn("run_id", functions.lit(UUID.randomUUID().toString()))
            .first();
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, output)) {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.OUTCOMES, CacheRows.outcomeRows(List.of(seen)));
      wave.commit();
    }
  }

  private static Dataset<Row> one(String content, long secondsLater) {
    return CacheRows.tokenRows(
        List.of(
            CacheRows.tokens(
                "clips/00000.mp4",
                content,
                CacheRows.HALF,
                CacheRows.CREATED.plusSeconds(secondsLater))));
  }

  @Test
  void open_withoutAnIndex_saysThatTheNextWriterMakesIt() throws IOException {
    Path output = output("rebuilt");
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(0, 4), CacheRows.HALF));
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(4, 6), CacheRows.HALF));
    FileSystem fs = output.getFileSystem(new Configuration());
    fs.delete(new Path(output, "_index"), true);
    FileNotFoundException error =
        assertThrows(
            FileNotFoundException.class, () -> TokenCache.open(new Configuration(), output));
    assertTrue(error.getMessage().contains("the next precompute"), error.getMessage());

    TokenCacheWriter.open(SPARK, output).close();
    TokenCache cache = TokenCache.open(new Configuration(), output);
    for (String id : CacheRows.ids(0, 6)) {
      assertEquals(1, cache.lookup(id).size(), id);
    }
  }

  @Test
  void lookup_whileAWriterMergesTheIndex_listsItAgain() throws IOException {
    Path output = output("merged");
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(0, 2), CacheRows.HALF));
    TokenCache cache = TokenCache.open(new Configuration(), output);
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(2, 4), CacheRows.HALF));
    assertEquals(1, cache.lookup("clips/00000.mp4").size());
    assertEquals(1, cache.lookup("clips/00003.mp4").size());
  }

  @Test
  void commit_ofAWave_isReadableBySparkWithComments() throws IOException {
    Path output = output("spark");
    CacheRows.commit(output, CacheRows.tokens(CacheRows.ids(0, 4), CacheRows.HALF));
    Dataset<Row> read = SPARK.read().parquet(new Path(output, "tokens").toString());
    assertEquals(List.of(CacheSchema.TOKENS.fieldNames()), List.of(read.columns()));
    assertEquals(4, read.where("video_id LIKE 'clips/%' AND length(tokens) = 144").count());
    assertEquals(
        CacheSchema.TOKENS.apply("dtype").getComment().get(),
        read.schema().apply("dtype").getComment().get());
    assertEquals(
        Timestamp.from(CacheRows.CREATED), read.select("created_at").first().getTimestamp(0));
  }

  private Path output(String name) {
    return new Path(temporary.resolve(name).toUri());
  }
}
