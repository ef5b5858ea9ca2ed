package io.tokenreel.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.max;

import io.tokenreel.files.SparkFiles;
import io.tokenreel.files.UserPath;
import io.tokenreel.pipeline.input.VideoInputs;
import io.tokenreel.pipeline.run.VideoLanes;
import io.tokenreel.pipeline.run.VideoWaves;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * What planning a run takes before any video is opened: a manifest is listed, its ids are found to
 * be unique, and waves are formed of it; and a folder of a tenth as many names is walked. That it
 * fits the heap is shown by the heap that the command is given.
 */
final class PlanningBench {

  private static final int FOLDERS = 100; // that the names are spread over

  private final SparkSession spark;
  private final int videos;

  PlanningBench(SparkSession spark, int videos) {
    this.spark = spark;
    this.videos = videos;
  }

  /** Times of both, beside reading the manifest's ids and walking the folder by themselves. */
  List<BenchRow> run() throws IOException {
    try (ScratchFolder folder = new ScratchFolder("planning-bench")) {
      List<BenchRow> rows = new ArrayList<>(manifest(folder.resolve("manifest.parquet")));
      rows.addAll(
          names(Files.createDirectories(folder.resolve("names")), Math.max(1, videos / 10)));
      return rows;
    }
  }

  private List<BenchRow> manifest(Path manifest) {
    spark
        .range(videos)
        .select(
            format_string("clips/%012d", col("id")).as("video_id"),
            format_string("file:/videos/%012d.mp4", col("id")).as("video_uri"))
        .write()
        .parquet(manifest.toString());
    long start = System.nanoTime();
    SparkFiles.of(spark)
        .parquet(UserPath.of(manifest.toString()))
        .agg(max("video_id"), max("video_uri"))
        .first();
    double read = millisSince(start);
    start = System.nanoTime();
    double listing;
    double forming;
    int waves = 0;
    try (VideoInputs.Found found = VideoInputs.list(spark, List.of(manifest.toString()))) {
      require(videos, found.count());
      listing = millisSince(start);
      start = System.nanoTime();
      int perWave = PrecomputeSettings.VIDEOS_PER_COMMIT;
      VideoLanes lanes =
          VideoLanes.of(found.videos(), perWave, spark.sparkContext().defaultParallelism());
      VideoWaves formed = new VideoWaves(spark, lanes.ordinary(), lanes.videos(), perWave);
      while (formed.hasNext()) {
        formed.next();
        waves++;
      }
      forming = millisSince(start);
    }
    String yardstick = "reading the manifest once";
    return List.of(
        BenchRow.millis("reading a manifest of %d rows once".formatted(videos), read, 1, yardstick),
        BenchRow.millis("listing it", listing, listing / read, yardstick),
        BenchRow.millis(
            "forming its %d waves".formatted(waves), forming, forming / read, yardstick));
  }

  private List<BenchRow> names(Path folder, int names) throws IOException {
    for (int i = 0; i < names; i++) {
      Path parent = folder.resolve("%03d".formatted(i % FOLDERS));
      if (i < FOLDERS) {
        Files.createDirectories(parent);
      }
      Files.createFile(parent.resolve("%09d.mp4".formatted(i)));
    }
    long start = System.nanoTime();
    try (Stream<Path> found = Files.walk(folder)) {
      require(names, found.filter(path -> path.toString().endsWith(".mp4")).count());
    }
    double walk = millisSince(start);
    start = System.nanoTime();
    try (VideoInputs.Found found = VideoInputs.list(spark, List.of(folder.toString()))) {
      require(names, found.count());
    }
    double listing = millisSince(start);
    String yardstick = "walking the folder alone";
    return List.of(
        BenchRow.millis("walking a folder of %d names".formatted(names), walk, 1, yardstick),
        BenchRow.millis("listing it", listing, listing / walk, yardstick));
  }

  private static void require(long expected, long found) {
    if (expected != found) {
      throw new IllegalStateException("%d videos were listed, not %d".formatted(found, expected));
    }
  }

  private static double millisSince(long start) {
    return (System.nanoTime() - start) / 1e6;
  }
}
