package io.tokenreel.pipeline.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.EncodingSetting;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.RunRecords;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.cache.store.CommittedRows;
import io.tokenreel.model.Models;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.sql.LocalSpark;
import io.tokenreel.testing.JobTests;
import io.tokenreel.testing.SmallCache;
import io.tokenreel.testing.TaskCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.ExplainMode;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecomputeJobTest {

  private static final SparkSession SPARK = LocalSpark.plain();
  private static final List<String> SPECS = List.of("none", "vidcom2:retention=0.5");
  private static final int MOST_JOBS_OF_ONE_VIDEO = 12;
  private static final String[] VIDEOS = {"av1.mkv", "hevc.mp4", "turned_0.mov", "turned_90.mov"};

  @TempDir Path folder;

  private Path cache() {
    return folder.resolve("cache");
  }

  private static RunSummary run(PrecomputeSettings settings) throws IOException {
    return new PrecomputeJob(SPARK, settings, Progress.silent()).run();
  }

  private PrecomputeSettings settings(String... names) {
    return JobTests.settings(
        Arrays.stream(names).map(name -> JobTests.VIDEOS.resolve(name).toString()).toList(),
        cache().toString(),
        SPECS,
        2);
  }

  private Dataset<Row> rows(CacheTable table) throws IOException {
    return CommittedRows.of(SPARK, hadoop(cache()), table);
  }

  private static org.apache.hadoop.fs.Path hadoop(Path path) {
    return new org.apache.hadoop.fs.Path(path.toUri());
  }

  @Test
  void run_twoSpecsAndFeaturesInTwoWavesWithAWriteThatFails_decodesAndEncodesEachVideoOnce()
      throws Exception {
    FlakyFileSystem.install(SPARK.sparkContext().hadoopConfiguration());
    PrecomputeSettings settings =
        JobTests.keepingFeatures(
            JobTests.settings(
                Arrays.stream(VIDEOS)
                    .map(name -> FlakyFileSystem.flaky(JobTests.VIDEOS.resolve(name)))
                    .toList(),
                FlakyFileSystem.flaky(cache()),
                SPECS,
                2));
    FlakyFileSystem.failNext(1);
    try (TaskCounts counts = new TaskCounts(SPARK.sparkContext())) {
      RunSummary summary = run(settings);
      assertEquals(4, summary.ok(), summary.toString());
      assertEquals(1, counts.failedTasks());
      assertEquals(4, counts.counted("decode videos"));
      assertEquals(4, counts.counted("encode videos"));
    }
    assertEquals(0, FlakyFileSystem.failuresLeft());
    Map<String, Integer> once = new TreeMap<>();
    for (String video : VIDEOS) {
      once.put(video, 1);
    }
    assertEquals(once, FlakyFileSystem.opened());
    assertEquals(8, rows(CacheTable.TOKENS).count());
    assertEquals(4, rows(CacheTable.FEATURES).count());
  }

  /** What is listed, counted, checked and committed takes few jobs, whose cost is a short run's. */
  @Test
  void run_oneVideoIntoANewCache_takesFewSparkJobs() throws Exception {
    try (TaskCounts counts = new TaskCounts(SPARK.sparkContext())) {
      assertEquals(1, run(settings("hevc.mp4")).ok());
      int jobs = counts.jobs();
      assertTrue(jobs <= MOST_JOBS_OF_ONE_VIDEO, "Spark jobs: " + jobs);
    }
  }

  @Test
  void run_afterARunThatWasCutOff_beginsAfreshAndTriesAgainWhatFailed() throws IOException {
    String name = "hevc.mp4";
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, hadoop(cache()))) {
      String encoder = Models.describe("default", new Configuration()).encoder();
      writer.saveRun(settings(name).runRecord(encoder, 1));
      String cut = RunRecords.of(new Configuration(), hadoop(cache())).get(0).runId();
      SmallCache.commit(
          writer,
          CacheTable.OUTCOMES,
          SmallCache.outcome(cut, name, null, "FAILED", "unreadable", 1));
    }
    RunSummary summary = run(settings(name));
    assertEquals(1, summary.ok(), summary.toString());
    assertEquals(1, summary.videos());
    assertEquals(
        List.of(RunRecord.INTERRUPTED, RunRecord.DONE),
        RunRecords.of(new Configuration(), hadoop(cache())).stream()
            .map(RunRecord::state)
            .toList());
  }

  /** Version 0.1.0 named an encoder after its folder. */
  @Tag("slow")
  @Test
  void run_overACacheWithTheNamesOfBefore_goesOnUnderThemAndDoesNothingTwice() throws IOException {
    String before = "another folder@e8030cb555a89a03";
    PrecomputeSettings settings = settings("hevc.mp4");
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, hadoop(cache()))) {
      writer.saveRun(settings.runRecord(before, 0).finished());
    }
    assertEquals(1, run(settings).ok());
    RunSummary again = run(settings);
    assertEquals(1, again.alreadyCommitted());
    assertEquals(before, again.written().encoder());
    List<Row> rows =
        rows(CacheTable.TOKENS).select("encoder", "model_name").distinct().collectAsList();
    assertEquals(List.of(RowFactory.create(before, "default")), rows);
  }

  @Test
  void run_again_doesWorkForChangedBytesAndNewTablesOnly() throws IOException {
    Path videos = Files.createDirectories(folder.resolve("videos"));
    for (String name : List.of("turned_0.mov", "turned_90.mov")) {
      Files.write(videos.resolve(name), Files.readAllBytes(JobTests.VIDEOS.resolve(name)));
    }
    PrecomputeSettings settings =
        JobTests.settings(List.of(videos.toString()), cache().toString(), SPECS, 2);
    assertEquals(0, run(settings).alreadyCommitted());
    List<Row> before = rows(CacheTable.TOKENS).collectAsList();
    Files.write(
        videos.resolve("turned_0.mov"),
        Files.readAllBytes(JobTests.VIDEOS.resolve("turned_180.mov")));
    RunSummary changed = run(settings);
    assertEquals(1, changed.alreadyCommitted());
    assertEquals(2, changed.ok());
    assertEquals(6, rows(CacheTable.TOKENS).count());
    assertTrue(rows(CacheTable.TOKENS).collectAsList().containsAll(before));
    assertEquals(0, run(JobTests.keepingFeatures(settings)).alreadyCommitted());
    assertEquals(6, rows(CacheTable.TOKENS).count());
    assertEquals(2, rows(CacheTable.FEATURES).count());
  }

  @Test
  void run_anotherDtypeThanTheCommittedRowsHave_isRefusedBeforeAnyWork() throws IOException {
    PrecomputeSettings settings = settings("hevc.mp4");
    String encoder = Models.describe("default", new Configuration()).encoder();
    try (TokenCacheWriter writer = TokenCacheWriter.open(SPARK, hadoop(cache()))) {
      Row row = SmallCache.token("a", "s", SPECS.get(0), "OK");
      WaveCommit wave = writer.nextWave();
      wave.stage(
          CacheTable.TOKENS,
          SPARK
              .createDataFrame(List.of(row), CacheTable.TOKENS.schema())
              .withColumn("encoder", functions.lit(encoder))
              .withColumn("sampling", functions.lit(settings.sampling())));
      wave.commit();
    }
    JobTests.assertRefused(
        () -> refused(JobTests.tokenDtype(settings, "f32")),
        "--token-dtype f32: tokens/ holds bf16 rows of " + encoder + " with uniform:frames=2",
        "use --token-dtype bf16 or another --output");
    assertEquals(List.of(), RunRecords.of(new Configuration(), hadoop(cache())));
  }

  private static void refused(PrecomputeSettings settings) {
    try {
      run(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void explain_ofTheStages_readsDecodeEncodeCompress() {
    PrecomputeStages stages =
        new PrecomputeStages(
            SPARK.sparkContext(),
            settings(VIDEOS),
            Models.describe("default", new Configuration()),
            new EncodingSetting("tower@1", "uniform:frames=2"));
    Dataset<Row> videos =
        SPARK.createDataFrame(
            List.of(RowFactory.create("a", "file:/a", 1L)), SmallCache.videoSchema());
    String plan =
        stages.run(videos).queryExecution().explainString(ExplainMode.fromString("formatted"));
    int decode = plan.indexOf("decode uniform:frames=2");
    int encode = plan.indexOf("encode ", decode);
    int compress = plan.indexOf("compress_tokens", encode);
    assertTrue(0 <= decode && decode < encode && encode < compress, plan);
  }
}
