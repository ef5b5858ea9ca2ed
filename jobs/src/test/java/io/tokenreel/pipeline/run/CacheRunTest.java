package io.tokenreel.pipeline.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.commit.TablesDisagreeException;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.testing.SmallCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheRunTest {

  private static final int WAVES = 3;
  private static final int VIDEOS_PER_WAVE = 4;
  private static final String LARGE = "v05";

  /** Counted down as the waves of the short videos are computed; in this JVM, as the tasks are. */
  private static CountDownLatch shortWaves;

  @TempDir java.nio.file.Path folder;

  /** Three waves of short videos, and amidst them one of three hours. */
  private static Dataset<Row> videos() {
    List<Row> videos = new ArrayList<>();
    for (int i = 0; i < WAVES * VIDEOS_PER_WAVE; i++) {
      videos.add(RowFactory.create("v%02d0".formatted(i), "file:/" + i, 1L << 20));
    }
    videos.add(RowFactory.create(LARGE, "file:/large", 8L << 30));
    return SmallCache.SPARK.createDataFrame(videos, SmallCache.videoSchema());
  }

  /** Outcomes without rows; what the large video takes is given. */
  private record Work(RunRecord run, UDF1<String, String> large) implements CacheRun.Work {

    @Override
    public Dataset<Row> withDigest(Dataset<Row> videos) {
      return videos.withColumn("content_sha256", lit("s"));
    }

    @Override
    public Dataset<Row> compute(VideoWaves.Wave wave) {
      if (!wave.firstId().equals(LARGE)) {
        shortWaves.countDown();
        return rows(wave.videos(), lit("FAILED"));
      }
      return rows(
          wave.videos(),
          udf(large, DataTypes.StringType).asNondeterministic().apply(col("video_id")));
    }

    private Dataset<Row> rows(Dataset<Row> videos, Column outcome) {
      return videos.selectExpr("video_id", "video_uri").withColumn("outcome", outcome);
    }

    @Override
    public Dataset<Row> rows(CacheTable table, Dataset<Row> computed) {
      if (table == CacheTable.TOKENS) {
        return SmallCache.SPARK.createDataFrame(List.of(), table.schema());
      }
      Row pattern = SmallCache.outcome(run.runId(), "", "s", "FAILED", "timeout", 0);
      Dataset<Row> rest =
          SmallCache.SPARK
              .createDataFrame(List.of(pattern), CacheTable.OUTCOMES.schema())
              .drop("video_id", "video_uri", "outcome");
      return computed.crossJoin(rest);
    }

    @Override
    public Progress.Counts counts(Progress.Counts committed) {
      return committed;
    }
  }

  private List<String> outcomes(UDF1<String, String> large) throws IOException {
    shortWaves = new CountDownLatch(WAVES);
    RunRecord run = SmallCache.run("now", SmallCache.SAMPLING, WAVES * VIDEOS_PER_WAVE + 1);
    Path output = new Path(folder.toUri());
    try (TokenCacheWriter writer = TokenCacheWriter.open(SmallCache.SPARK, output)) {
      new CacheRun(SmallCache.SPARK, writer, run, VIDEOS_PER_WAVE)
          .over(videos(), new Work(run, large), Progress.silent(), output);
      return writer
          .committedRows(CacheTable.OUTCOMES)
          .orderBy("video_id")
          .selectExpr("concat(video_id, ' ', outcome)")
          .as(Encoders.STRING())
          .collectAsList();
    }
  }

  @Tag("slow")
  @Test
  void over_oneLargeVideo_goesOnBesideAllOthers() throws IOException {
    List<String> outcomes =
        outcomes(
            id -> {
              // Were it in a wave, those after it would not have begun.
              assertTrue(shortWaves.await(2, TimeUnit.MINUTES), "a wave waits for the large video");
              return "FAILED";
            });
    assertEquals(WAVES * VIDEOS_PER_WAVE + 1, outcomes.size());
    assertTrue(
        outcomes.stream().allMatch(outcome -> outcome.endsWith(" FAILED")), outcomes.toString());
    assertTrue(outcomes.contains(LARGE + " FAILED"), outcomes.toString());
  }

  @Tag("slow")
  @Test
  void over_largeVideoWhoseTaskFails_failsAsAWaveDoes() {
    assertThrows(
        SparkException.class,
        () ->
            outcomes(
                id -> {
                  throw new IllegalStateException("the task of " + id + " fails");
                }));
  }

  /** One wave of OK videos, of which the tokens come out without one as often as is given. */
  private static final class Unsteady implements CacheRun.Work {
    private final RunRecord run;
    private int losses;

    Unsteady(RunRecord run, int losses) {
      this.run = run;
      this.losses = losses;
    }

    @Override
    public Dataset<Row> withDigest(Dataset<Row> videos) {
      return videos.withColumn("content_sha256", lit("s"));
    }

    @Override
    public Dataset<Row> compute(VideoWaves.Wave wave) {
      return wave.videos().select("video_id");
    }

    @Override
    public Dataset<Row> rows(CacheTable table, Dataset<Row> computed) {
      boolean tokens = table == CacheTable.TOKENS;
      List<String> ids = computed.as(Encoders.STRING()).collectAsList();
      if (tokens && losses-- > 0) {
        ids = ids.subList(1, ids.size());
      }
      Stream<Row> rows =
          ids.stream()
              .flatMap(
                  id ->
                      tokens
                          ? SmallCache.SPECS.stream()
                              .map(spec -> SmallCache.token(id, "s", spec, "OK"))
                          : Stream.of(SmallCache.outcome(run.runId(), id, "s", "OK", null, 0)));
      return SmallCache.SPARK.createDataFrame(rows.toList(), table.schema());
    }

    @Override
    public Progress.Counts counts(Progress.Counts committed) {
      return committed;
    }
  }

  /** How many rows of tokens and outcomes a run of {@link Unsteady} commits. */
  private List<Long> committed(int losses) throws IOException {
    RunRecord run = SmallCache.run("now", SmallCache.SAMPLING, 2);
    Path output = new Path(folder.toUri());
    Dataset<Row> videos = videos().filter(col("video_id").isin("v000", "v010"));
    try (TokenCacheWriter writer = TokenCacheWriter.open(SmallCache.SPARK, output)) {
      CacheRun unsteady = new CacheRun(SmallCache.SPARK, writer, run, VIDEOS_PER_WAVE);
      if (losses < 3) {
        unsteady.over(videos, new Unsteady(run, losses), Progress.silent(), output);
      } else {
        TablesDisagreeException refused =
            assertThrows(
                TablesDisagreeException.class,
                () -> unsteady.over(videos, new Unsteady(run, losses), Progress.silent(), output));
        assertTrue(refused.getMessage().contains("[tokens] and outcomes"), refused.getMessage());
      }
      return List.of(
          writer.committedRows(CacheTable.TOKENS).count(),
          writer.committedRows(CacheTable.OUTCOMES).count());
    }
  }

  @Test
  void over_tableThatWasComputedAgainOtherwise_isStagedAgain() throws IOException {
    assertEquals(List.of(4L, 2L), committed(2));
  }

  @Test
  void over_tablesThatNeverAgree_commitNothing() throws IOException {
    assertEquals(List.of(0L, 0L), committed(3));
  }
}
