package io.tokenreel.job;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.cache.WaveCommit;
import io.tokenreel.model.Models;
import io.tokenreel.model.VisionInfo;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * From videos to a committed token cache: lists the videos, leaves out what is committed, and takes
 * the rest wave by wave through decode, encode and compress.
 */
final class PrecomputeJob {

  private final SparkSession spark;
  private final PrecomputeSettings settings;
  private final Progress progress;

  PrecomputeJob(SparkSession spark, PrecomputeSettings settings, Progress progress) {
    this.spark = spark;
    this.settings = settings;
    this.progress = progress;
  }

  RunSummary run() throws IOException {
    long start = System.nanoTime();
    DeviceCheck.require(spark, settings.device());
    VisionInfo vision = describeModel();
    VideoInputs.Found found = VideoInputs.list(spark, settings.inputs());
    Dataset<Row> videos = found.videos().persist(StorageLevel.MEMORY_AND_DISK());
    try (TokenCacheWriter writer = TokenCacheWriter.open(spark, new Path(settings.output()))) {
      RunRecord run = Runs.begin(writer, settings.runRecord(vision.encoder(), videos.count()));
      long committed = work(writer, Runs.open(writer, run, videos), run, vision);
      writer.saveRun(run.finished());
      return RunSummary.of(
          writer.committedRows(CacheTable.OUTCOMES),
          run,
          settings.output(),
          committed,
          found.leftOut(),
          (System.nanoTime() - start) / 1e9);
    } finally {
      videos.unpersist();
    }
  }

  private VisionInfo describeModel() {
    try {
      return Models.describe(settings.model(), spark.sparkContext().hadoopConfiguration());
    } catch (IllegalArgumentException e) {
      throw new SettingsException("--model " + settings.model() + ": " + e.getMessage());
    }
  }

  /** Does what is left to do. Returns the number of videos for which nothing was. */
  private long work(TokenCacheWriter writer, Dataset<Row> open, RunRecord run, VisionInfo vision)
      throws IOException {
    try (CommittedVideos committed = new CommittedVideos(writer, open, settings, run.encoder());
        Progress shown = progress) {
      long done = committed.done().count();
      if (done > 0) {
        WaveCommit wave = writer.nextWave();
        wave.stage(
            CacheTable.OUTCOMES,
            CarriedOutcomes.of(
                committed.done().drop("video_bytes"),
                writer.committedRows(CacheTable.OUTCOMES),
                run.runId()));
        wave.commit();
      }
      Dataset<Row> pending =
          open.join(committed.done(), new String[] {"video_id"}, "left_anti")
              .persist(StorageLevel.MEMORY_AND_DISK());
      PrecomputeStages stages = new PrecomputeStages(spark.sparkContext(), settings, vision);
      shown.start(pending.count(), stages.decoded(), stages.encoded());
      VideoWaves waves = new VideoWaves(spark, pending, settings.videosPerCommit());
      while (waves.hasNext()) {
        commit(writer.nextWave(), stages.run(waves.next()), committed, run);
      }
      pending.unpersist();
      return done;
    }
  }

  /**
   * One wave: its rows are computed once and kept on disk, whatever number of tables is written
   * from them.
   */
  private void commit(
      WaveCommit wave, Dataset<Row> computed, CommittedVideos committed, RunRecord run)
      throws IOException {
    Dataset<Row> rows = computed.persist(StorageLevel.DISK_ONLY());
    try {
      List<String> passthrough = passthrough(rows);
      wave.stage(
          CacheTable.TOKENS,
          committed.missing(CacheTable.TOKENS, CacheRows.tokens(rows, passthrough)));
      if (settings.keepFeatures()) {
        wave.stage(
            CacheTable.FEATURES,
            committed.missing(CacheTable.FEATURES, CacheRows.features(rows, passthrough)));
      }
      wave.stage(CacheTable.OUTCOMES, CacheRows.outcomes(rows, run.runId(), passthrough));
      wave.commit();
    } finally {
      rows.unpersist();
    }
  }

  /** The manifest's own columns. */
  private static List<String> passthrough(Dataset<Row> rows) {
    return Arrays.stream(rows.columns())
        .filter(name -> !PrecomputeStages.COLUMNS.contains(name))
        .toList();
  }
}
