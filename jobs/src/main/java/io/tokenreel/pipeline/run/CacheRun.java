package io.tokenreel.pipeline.run;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.commit.TablesDisagreeException;
import io.tokenreel.cache.commit.TokenCacheWriter;
import io.tokenreel.cache.commit.WaveCommit;
import io.tokenreel.cache.store.WrittenRows;
import io.tokenreel.pipeline.input.ManifestColumns;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a command over one encoder and sampling: the outcomes of videos that need no work are
 * carried on, the rest is done and committed wave by wave.
 *
 * <p>A run always begins afresh: what one before it committed is found by its keys, whether it was
 * done or cut off. Large videos are at work concurrently with the waves, see {@link VideoLanes}.
 */
final class CacheRun {

  /** What a command makes of videos; two threads may ask for different waves at once. */
  interface Work {

    /** The videos with {@code content_sha256}: what their bytes are now. */
    Dataset<Row> withDigest(Dataset<Row> videos);

    /** One row per video of a wave, of which the rows of every table are made. */
    Dataset<Row> compute(VideoWaves.Wave wave) throws IOException;

    /** The rows of one table: those of the run's record, or {@code outcomes/}. */
    Dataset<Row> rows(CacheTable table, Dataset<Row> computed);

    /**
     * How far the work is; asked for at any time, by another thread.
     *
     * @param committed of the waves before the one at work
     */
    Progress.Counts counts(Progress.Counts committed);
  }

  private static final Logger LOG = LoggerFactory.getLogger(CacheRun.class);

  /** How often a wave's tables are staged before a run gives up. */
  private static final int STAGINGS = 3;

  private final SparkSession spark;
  private final TokenCacheWriter writer;
  private final RunRecord run;
  private final int videosPerCommit;
  private final Lock commits = new ReentrantLock(true); // fair: large videos get their turn
  private volatile ConcurrentJob carriedOut; // of the last wave, set under commits; null before it
  private volatile Progress.Counts done = Progress.Counts.NONE;

  CacheRun(SparkSession spark, TokenCacheWriter writer, RunRecord run, int videosPerCommit) {
    this.spark = spark;
    this.writer = writer;
    this.run = run;
    this.videosPerCommit = videosPerCommit;
  }

  /**
   * What a run came to.
   *
   * @param alreadyCommitted the number of videos for which nothing was left to do
   * @param counts of all videos of the run, those included
   */
  record Result(long alreadyCommitted, Progress.Counts counts) {}

  /**
   * Does what is left to do.
   *
   * @param videos with {@code video_id}, {@code video_uri}, {@code video_bytes}, and the manifest's
   *     {@link ManifestColumns}
   * @param output the cache's folder
   */
  Result over(Dataset<Row> videos, Work work, Progress progress, Path output) throws IOException {
    writer.prepare(tables(), ManifestColumns.schema(videos));
    writer.saveRun(run);
    long already;
    Progress.Counts carried = Progress.Counts.NONE;
    try (CommittedVideos committed = new CommittedVideos(writer, run, videos, work::withDigest)) {
      already = committed.count();
      if (already > 0) {
        WaveCommit wave = writer.nextWave();
        wave.stage(
            CacheTable.OUTCOMES,
            ManifestColumns.restored(
                new CarriedOutcomes(spark, output, run)
                    .rows(committed.done().drop("video_bytes"))));
        carried = counts(wave.outcomes());
        wave.commit();
      }
      Dataset<Row> pending = committed.leftOutOf(videos);
      if (!pending.isLocal()) {
        pending.persist(StorageLevel.MEMORY_AND_DISK());
      }
      try (Ending kept = pending::unpersist;
          Ending last = this::endLast) {
        commitAll(pending, work, committed, progress);
        awaitLast();
      }
    }
    writer.saveRun(run.finished());
    return new Result(already, done.plus(carried));
  }

  private void commitAll(
      Dataset<Row> pending, Work work, CommittedVideos committed, Progress progress)
      throws IOException {
    int cores = spark.sparkContext().defaultParallelism();
    VideoLanes lanes = VideoLanes.of(pending, videosPerCommit, cores);
    progress.start(Progress.Stage.videos(run.command()), lanes.videos(), () -> work.counts(done));
    VideoWaves ordinary = new VideoWaves(spark, lanes.ordinary(), lanes.videos(), videosPerCommit);
    if (lanes.large().isEmpty()) {
      commitEach(ordinary, work, committed, () -> {});
      return;
    }
    // Few at a time: what a crash loses of them took long.
    VideoWaves large =
        new VideoWaves(
            spark, lanes.large().get(), lanes.videos(), Math.min(cores, videosPerCommit));
    try (ConcurrentJob largeVideos =
        ConcurrentJob.start(
            spark.sparkContext(),
            "large videos",
            () -> commitEach(large, work, committed, () -> {}))) {
      commitEach(ordinary, work, committed, largeVideos::check);
      largeVideos.await();
    }
  }

  /** What is done however a run ends. */
  @FunctionalInterface
  private interface Ending extends AutoCloseable {
    @Override
    void close();
  }

  /** Something that is asked before each wave. */
  @FunctionalInterface
  private interface Check {
    void check() throws IOException;
  }

  private void commitEach(VideoWaves waves, Work work, CommittedVideos committed, Check check)
      throws IOException {
    while (waves.hasNext()) {
      check.check();
      checkLast();
      VideoWaves.Wave wave = waves.next();
      Dataset<Row> computed = work.compute(wave).persist(StorageLevel.DISK_ONLY());
      try {
        // Puts each partition on disk, and reads nothing back, as counting would.
        computed.foreachPartition((ForeachPartitionFunction<Row>) rows -> {});
        commit(wave, computed, work, committed);
      } finally {
        computed.unpersist();
      }
    }
  }

  /**
   * One wave, whose rows were computed once and are kept on disk, whatever number of tables is
   * written from them. One thread at a time commits. When this returns the wave is in the journal;
   * its rows get into their tables while the next wave is computed, unless that takes Spark jobs:
   * they would wait behind the next wave's.
   */
  private void commit(
      VideoWaves.Wave videos, Dataset<Row> computed, Work work, CommittedVideos committed)
      throws IOException {
    commits.lock();
    try {
      awaitLast();
      WaveCommit wave = staged(videos, computed, work, committed);
      Progress.Counts ofWave = counts(wave.outcomes());
      WaveCommit.Sealed sealed = wave.seal();
      if (wave.takesJobs()) {
        sealed.carryOut();
      } else {
        carriedOut =
            ConcurrentJob.start(
                spark.sparkContext(), "commit of wave " + wave.number(), sealed::carryOut);
      }
      done = done.plus(ofWave);
    } finally {
      commits.unlock();
    }
  }

  /**
   * One wave with all its tables staged, of the same outcomes. A wave whose tables do not agree is
   * staged again, from the rows that are on disk by then.
   */
  private WaveCommit staged(
      VideoWaves.Wave videos, Dataset<Row> computed, Work work, CommittedVideos committed)
      throws IOException {
    List<CacheTable> disagreeing = List.of();
    for (int attempt = 0; attempt < STAGINGS; attempt++) {
      WaveCommit wave = writer.nextWave();
      for (CacheTable table : tables()) {
        Dataset<Row> rows = ManifestColumns.restored(work.rows(table, computed));
        wave.stage(table, rows, committed.keys(table, videos));
      }
      disagreeing = wave.disagreeing(run.setting());
      if (disagreeing.isEmpty()) {
        return wave;
      }
      LOG.warn(
          "wave {} is staged again: {} and outcomes do not have the same videos, as when an executor ends meanwhile",
          wave.number(),
          disagreeing);
      wave.discard();
    }
    throw new TablesDisagreeException(disagreeing, STAGINGS);
  }

  /** Waits until the rows of the last wave are in their tables, and throws what stopped that. */
  private void awaitLast() throws IOException {
    if (carriedOut != null) {
      carriedOut.await();
    }
  }

  /** Before a wave is computed in vain. */
  private void checkLast() throws IOException {
    ConcurrentJob last = carriedOut;
    if (last != null) {
      last.check();
    }
  }

  /**
   * Of a run that fails: the wave before, which is committed, gets into its tables all the same,
   * and the lock is not released before.
   */
  private void endLast() {
    if (carriedOut != null) {
      carriedOut.end();
    }
  }

  /** The tables that the run writes. */
  private List<CacheTable> tables() {
    return Arrays.stream(CacheTable.values())
        .filter(table -> table == CacheTable.OUTCOMES || run.tables().contains(table.folder()))
        .toList();
  }

  private static Progress.Counts counts(WrittenRows outcomes) {
    return new Progress.Counts(outcomes.rows(), outcomes.degraded(), outcomes.failed());
  }
}
