package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.testing.SmallCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedVideosTest {

  private static final String FIRST = SmallCache.SPECS.get(0);
  private static final String SECOND = SmallCache.SPECS.get(1);

  @TempDir java.nio.file.Path folder;
  private TokenCacheWriter writer;

  @BeforeEach
  void open() throws IOException {
    writer = TokenCacheWriter.open(SmallCache.SPARK, new Path(folder.toUri()));
  }

  @AfterEach
  void close() throws IOException {
    writer.close();
  }

  private static Dataset<Row> videos(String... ids) {
    return SmallCache.SPARK.createDataFrame(
        Arrays.stream(ids).map(id -> RowFactory.create(id, "file:/" + id, 10L)).toList(),
        SmallCache.videoSchema());
  }

  private CommittedVideos committed(Dataset<Row> videos, Column digest) throws IOException {
    return new CommittedVideos(
        writer,
        SmallCache.run("now", SmallCache.SAMPLING, videos.count()),
        videos,
        known -> known.withColumn("content_sha256", digest));
  }

  /** Which of a wave's rows, of one video in every compression, a run writes after the others. */
  private List<String> missing(CommittedVideos committed, String id, String sha)
      throws IOException {
    Row[] rows =
        SmallCache.SPECS.stream()
            .map(spec -> SmallCache.token(id, sha, spec, "OK"))
            .toArray(Row[]::new);
    WaveCommit wave = writer.nextWave();
    wave.stage(
        CacheTable.TOKENS,
        SmallCache.SPARK.createDataFrame(Arrays.asList(rows), CacheTable.TOKENS.schema()),
        committed.keys(CacheTable.TOKENS, new VideoWaves.Wave(videos(id), id, id)));
    List<String> staged =
        wave.staged(CacheTable.TOKENS)
            .orderBy("compression")
            .select("compression")
            .as(Encoders.STRING())
            .collectAsList();
    wave.discard();
    return staged;
  }

  @Test
  void done_videosInEachState_areThoseWithAllKeysOfTheirBytes() throws IOException {
    SmallCache.commit(
        writer,
        CacheTable.TOKENS,
        SmallCache.token("all", "s", FIRST, "OK"),
        SmallCache.token("all", "s", SECOND, "DEGRADED"),
        SmallCache.token("changed", "old", FIRST, "OK"),
        SmallCache.token("changed", "old", SECOND, "OK"),
        SmallCache.token("partly", "s", SECOND, "OK"),
        SmallCache.token("absent", "s", FIRST, "OK"));
    AtomicReference<List<String>> read = new AtomicReference<>();
    Dataset<Row> videos = videos("all", "changed", "new", "partly");
    try (CommittedVideos committed =
        new CommittedVideos(
            writer,
            SmallCache.run("now", SmallCache.SAMPLING, 4),
            videos,
            known -> {
              List<String> ids =
                  new ArrayList<>(known.select("video_id").as(Encoders.STRING()).collectAsList());
              ids.sort(null);
              read.set(ids);
              return known.withColumn("content_sha256", lit("s"));
            })) {
      List<Row> done = committed.done().collectAsList();
      assertEquals(1, done.size(), done.toString());
      assertEquals("all", done.get(0).getAs("video_id"));
      assertEquals("DEGRADED", done.get(0).getAs("outcome"));
      assertEquals(List.of("all", "changed", "partly"), read.get());
      assertEquals(SmallCache.SPECS, missing(committed, "changed", "s"));
      assertEquals(List.of(FIRST), missing(committed, "partly", "s"));
      assertEquals(SmallCache.SPECS, missing(committed, "new", "s"));
    }
  }

  @Test
  void done_sameVideosUnderAnotherSampling_areNone() throws IOException {
    SmallCache.commit(
        writer,
        CacheTable.TOKENS,
        SmallCache.token("a", "s", FIRST, "OK"),
        SmallCache.token("a", "s", SECOND, "OK"));
    try (CommittedVideos committed =
        new CommittedVideos(
            writer,
            SmallCache.run("now", "uniform:frames=2", 1),
            videos("a"),
            known -> known.withColumn("content_sha256", lit("s")))) {
      assertEquals(0, committed.done().count());
    }
  }

  @Test
  void missing_bytesThatCouldNotBeRead_writesNoCommittedKeyAgain() throws IOException {
    SmallCache.commit(
        writer,
        CacheTable.TOKENS,
        SmallCache.token("a", "s", FIRST, "OK"),
        SmallCache.token("a", "s", SECOND, "OK"));
    try (CommittedVideos committed = committed(videos("a"), lit(null).cast("string"))) {
      assertEquals(0, committed.done().count());
      assertEquals(List.of(), missing(committed, "a", "s"));
      assertEquals(SmallCache.SPECS, missing(committed, "a", "other"));
    }
  }

  @Test
  void missing_bytesThatChangedBackAfterTheDigest_writesNoCommittedKeyAgain() throws IOException {
    SmallCache.commit(
        writer,
        CacheTable.TOKENS,
        SmallCache.token("a", "s", FIRST, "OK"),
        SmallCache.token("a", "s", SECOND, "OK"),
        SmallCache.token("b", "s", FIRST, "OK"),
        SmallCache.token("b", "s", SECOND, "OK"));
    Column digest = when(col("video_id").equalTo("a"), "meanwhile").otherwise("s");
    try (CommittedVideos committed = committed(videos("a", "b"), digest)) {
      assertEquals(List.of(), missing(committed, "a", "s"));
      assertEquals(
          List.of("b"), committed.done().select("video_id").as(Encoders.STRING()).collectAsList());
    }
  }
}
