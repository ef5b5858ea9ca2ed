package io.tokenreel.job;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.cache.RunRecord;
import io.tokenreel.cache.TokenCacheWriter;
import io.tokenreel.cache.WaveCommit;
import java.io.IOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * One run of a command over one encoder and sampling: the outcomes of videos that need no work are
 * carried on, the rest is done and committed wave by wave.
 *
 * <p>A run always begins afresh: what one before it committed is found by its keys, whether it was
 * done or cut off.
 */
final class CacheRun {

  /** What a command makes of videos. */
  interface Work {

    /** The videos with {@code content_sha256}: what their bytes are now. */
    Dataset<Row> withDigest(Dataset<Row> videos);

    /** One row per video of a wave, of which the rows of every table are made. */
    Dataset<Row> compute(VideoWaves.Wave wave) throws IOException;

    /** The rows of one table: those of the run's record, or {@code outcomes/}. */
    Dataset<Row> rows(CacheTable table, Dataset<Row> computed);

    /** Is told of each wave that is committed. */
    default void committed(VideoWaves.Wave wave) {}

    /** How far the work is; asked for at any time, by another thread. */
    Progress.Counts counts();
  }

  private final SparkSession spark;
  private final TokenCacheWriter writer;
  private final RunRecord run;
  private final int videosPerCommit;

  CacheRun(SparkSession spark, TokenCacheWriter writer, RunRecord run, int videosPerCommit) {
    this.spark = spark;
    this.writer = writer;
    this.run = run;
    this.videosPerCommit = videosPerCommit;
  }

  /**
   * Does what is left to do.
   *
   * @param videos with {@code video_id}, {@code video_uri}, {@code video_bytes}, and the manifest's
   *     own columns
   * @param output the cache's folder
   * @return the number of videos for which nothing was left
   */
  long over(Dataset<Row> videos, Work work, Progress progress, Path output) throws IOException {
    writer.saveRun(run);
    long already;
    try (CommittedVideos committed = new CommittedVideos(writer, run, videos, work::withDigest)) {
      already = committed.done().count();
      if (already > 0) {
        WaveCommit wave = writer.nextWave();
        wave.stage(
            CacheTable.OUTCOMES,
            new CarriedOutcomes(spark, output, run).rows(committed.done().drop("video_bytes")));
        wave.commit();
      }
      Dataset<Row> pending =
          videos
              .join(committed.done(), new String[] {"video_id"}, "left_anti")
              .persist(StorageLevel.MEMORY_AND_DISK());
      progress.start(pending.count(), work::counts);
      VideoWaves waves = new VideoWaves(spark, pending, videosPerCommit);
      while (waves.hasNext()) {
        VideoWaves.Wave wave = waves.next();
        commit(wave, work, committed);
        work.committed(wave);
      }
      pending.unpersist();
    }
    writer.saveRun(run.finished());
    return already;
  }

  /**
   * One wave: its rows are computed once and kept on disk, whatever number of tables is written
   * from them. The outcomes, which are small, are written first: a blob's write that fails and is
   * tried again finds everything computed.
   */
  private void commit(VideoWaves.Wave videos, Work work, CommittedVideos committed)
      throws IOException {
    Dataset<Row> computed = work.compute(videos).persist(StorageLevel.DISK_ONLY());
    try {
      WaveCommit wave = writer.nextWave();
      wave.stage(CacheTable.OUTCOMES, work.rows(CacheTable.OUTCOMES, computed));
      for (CacheTable table : CacheTable.values()) {
        if (run.tables().contains(table.folder())) {
          wave.stage(table, committed.missing(table, work.rows(table, computed), videos));
        }
      }
      wave.commit();
    } finally {
      computed.unpersist();
    }
  }
}
