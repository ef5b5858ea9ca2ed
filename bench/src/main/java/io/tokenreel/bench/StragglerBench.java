package io.tokenreel.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.not;

import io.tokenreel.cache.CacheTable;
import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.video.VideoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * One long video among many short ones, whose id is the last: how long the run waits for it alone
 * when all others are committed. Every frame of it is decoded.
 */
final class StragglerBench {

  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;
  private static final int FRAMES_PER_SECOND = 24;
  private static final int PART_SECONDS = 10;
  private static final int KEYFRAME_SECONDS = 2;
  private static final String LONG_ID = "long.mp4"; // after the short ones' digits

  private final SparkSession spark;
  private final int videos;
  private final Duration length;

  /**
   * @param videos short ones
   * @param length of the long one; seconds in tens
   */
  StragglerBench(SparkSession spark, int videos, Duration length) {
    this.spark = spark;
    this.videos = videos;
    this.length = length;
  }

  List<BenchRow> run() throws IOException {
    try (ScratchFolder folder = new ScratchFolder("straggler-bench")) {
      Path input = folder.resolve("videos");
      ShortClips.render(input, videos);
      long bytes = renderLong(folder.resolve("part.mp4"), input.resolve(LONG_ID));
      Path cache = folder.resolve("cache");
      PrecomputeSettings settings =
          ShortClips.settings(input, cache, PrecomputeSettings.VIDEOS_PER_COMMIT);
      long start = System.currentTimeMillis();
      RunSummary summary = new PrecomputeJob(spark, settings, Progress.silent()).run();
      double whole = System.currentTimeMillis() - start;
      if (summary.ok() != videos + 1) {
        throw new IllegalStateException("not all of the videos are OK: " + summary);
      }
      SortedMap<String, Long> commits = CommitTimes.of(cache);
      Column isLong = col("video_id").equalTo(LONG_ID);
      double own = commits.get(lastWave(cache, isLong)) - start;
      double others = commits.get(lastWave(cache, not(isLong))) - start;
      return rows(bytes, whole, own, others);
    }
  }

  private List<BenchRow> rows(long bytes, double whole, double own, double others) {
    String it = "a video of %d s and %d MB".formatted(length.toSeconds(), bytes / 1_000_000);
    return List.of(
        BenchRow.millis("%d short videos and %s".formatted(videos, it), whole, 1, "the run"),
        BenchRow.millis("until the long one is committed", own, own / whole, "the run"),
        BenchRow.millis("until the last short one is", others, others / whole, "the run"),
        BenchRow.millis(
            "waited for the long one alone",
            Math.max(0, own - others),
            Math.max(0, own - others) / own,
            "until it is committed"));
  }

  /** The wave of the last of some videos; short ones are in waves in the order of their ids. */
  private String lastWave(Path cache, Column ofVideos) {
    String file =
        SparkFiles.of(spark)
            .parquet(UserPath.of(cache.resolve(CacheTable.OUTCOMES.folder()).toString()))
            .select(col("video_id"), input_file_name().as("file"))
            .filter(ofVideos)
            .orderBy(col("video_id").desc())
            .first()
            .getAs("file");
    return CommitTimes.wave(file.substring(file.lastIndexOf('/') + 1));
  }

  /** Returns its bytes. */
  private long renderLong(Path part, Path target) throws IOException {
    Random noise = new Random(3);
    VideoWriter.write(
        part,
        WIDTH,
        HEIGHT,
        FRAMES_PER_SECOND,
        KEYFRAME_SECONDS * FRAMES_PER_SECOND,
        PART_SECONDS * FRAMES_PER_SECOND,
        (frame, rgb) -> {
          for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i / (3 * WIDTH) / 4 + frame + (noise.nextInt() & 7));
          }
        });
    VideoRepeater.repeat(part, target, Math.toIntExact(length.toSeconds() / PART_SECONDS));
    return Files.size(target);
  }
}
