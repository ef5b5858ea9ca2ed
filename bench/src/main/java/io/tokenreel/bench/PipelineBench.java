package io.tokenreel.bench;

import io.tokenreel.compress.Compressors;
import io.tokenreel.compress.TokenCompressor;
import io.tokenreel.model.DeviceChoice;
import io.tokenreel.model.SharedModels;
import io.tokenreel.model.VisionInfo;
import io.tokenreel.model.VisionTower;
import io.tokenreel.model.engine.BatchedTower;
import io.tokenreel.model.family.llava.SeededCheckpoint;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.setting.PrecomputeSettings;
import io.tokenreel.token.TokenBlock;
import io.tokenreel.token.TokenFormat;
import io.tokenreel.token.TokenShape;
import io.tokenreel.video.FixedFit;
import io.tokenreel.video.VideoWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.SparkSession;

/**
 * What a precompute run costs beside its real work: generated videos end to end, in processor time
 * and in wall time. Decoding is what the decoder processes took, encoding what the tower's threads
 * took; compressing is measured alone, on as many tokens, after the run; the rest is Spark,
 * staging, hashing, Parquet, commits and the JVM's own. Of the wall time, the rest is that in which
 * no task was at work that decodes, encodes and compresses: listing, planning and commits.
 */
final class PipelineBench {

  private static final int FRAMES = 8;
  private static final int WIDTH = 480;
  private static final int HEIGHT = 270;
  private static final int VIDEO_FRAMES = 96;
  private static final int BATCH = 32;
  private static final String CORES = "the cores' time while tasks compute";
  private static final String COMPRESSION = "vidcom2:retention=0.25";

  private final SparkSession spark;
  private final int videos;

  PipelineBench(SparkSession spark, int videos) {
    this.spark = spark;
    this.videos = videos;
  }

  /** The parts' processor time and their shares of the whole. */
  List<BenchRow> run() throws IOException {
    try (ScratchFolder folder = new ScratchFolder("pipeline-bench")) {
      Path input = folder.resolve("videos");
      render(input, videos);
      Path model = folder.resolve("model");
      SeededCheckpoint.base(4).write(model);
      CpuClock spent;
      double encode;
      double wall;
      TaskTimes.Times tasks;
      // Held, so that the tower's threads are alive when they are asked.
      try (SharedModels.Lease<VisionTower> lease = tower(model);
          TaskTimes times = new TaskTimes(spark.sparkContext(), "encode videos")) {
        CpuClock start = CpuClock.now();
        long begin = System.nanoTime();
        long encoding = CpuClock.threadNanos(BatchedTower.THREADS);
        new PrecomputeJob(spark, settings(input, model, folder.resolve("cache")), Progress.silent())
            .run();
        wall = (System.nanoTime() - begin) / 1e6;
        spent = CpuClock.now().since(start);
        tasks = times.read();
        encode = (CpuClock.threadNanos(BatchedTower.THREADS) - encoding) / 1e6;
      }
      double whole = (spent.ownNanos() + spent.childNanos()) / 1e6;
      double decode = spent.childNanos() / 1e6;
      double compress = compressMillis(model);
      double rest = whole - decode - encode - compress;
      double slots = (double) tasks.millis() * spark.sparkContext().defaultParallelism();
      double idle = slots - tasks.taskMillis();
      String yardstick = "the run's processor time";
      return List.of(
          BenchRow.millis(videos + " videos end to end", whole, 1, yardstick),
          BenchRow.millis("decode", decode, decode / whole, yardstick),
          BenchRow.millis(
              "encode (SigLIP-base widths, 4 layers, 8 frames a video)",
              encode,
              encode / whole,
              yardstick),
          BenchRow.millis("compress", compress, compress / whole, yardstick),
          BenchRow.millis("all else", rest, rest / whole, yardstick),
          BenchRow.millis("the run's wall time", wall, 1, "itself"),
          BenchRow.millis(
              "no task decodes, encodes or compresses (%d Spark jobs)".formatted(tasks.jobs()),
              wall - tasks.millis(),
              1 - tasks.millis() / wall,
              "the run's wall time"),
          BenchRow.millis("cores without a task while others have one", idle, idle / slots, CORES));
    }
  }

  /** What the run does with the videos of a folder. */
  static PrecomputeSettings settings(Path input, Path model, Path cache) {
    return new PrecomputeSettings(
        List.of(input.toString()),
        cache.toString(),
        null,
        model.toString(),
        "uniform:frames=" + FRAMES,
        List.of(COMPRESSION),
        false,
        "bf16",
        "cpu",
        "auto",
        BATCH,
        "sampled",
        600,
        512,
        PrecomputeSettings.MAX_DURATION_HOURS,
        256,
        1000,
        null,
        null,
        null);
  }

  /** Renders videos into a folder, which is made. */
  static void render(Path folder, int videos) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < videos; i++) {
      paint(folder.resolve("%04d.mp4".formatted(i)), i);
    }
  }

  /** Squares that move over a gradient, another speed and hue in every video. */
  private static void paint(Path file, int seed) throws IOException {
    VideoWriter.write(
        file,
        WIDTH,
        HEIGHT,
        24,
        48,
        VIDEO_FRAMES,
        (frame, rgb) -> {
          int left = (frame * (1 + seed % 7) + seed * 13) % (WIDTH - 64);
          int top = (frame * (1 + seed % 3) + seed * 29) % (HEIGHT - 64);
          for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
              boolean inside = x >= left && x < left + 64 && y >= top && y < top + 64;
              int at = 3 * (y * WIDTH + x);
              rgb[at] = (byte) (inside ? 255 - seed : x / 2);
              rgb[at + 1] = (byte) (inside ? seed : y / 2);
              rgb[at + 2] = (byte) (inside ? 40 : (x + y + frame) / 4);
            }
          }
        });
  }

  private SharedModels.Lease<VisionTower> tower(Path model) {
    return SharedModels.vision(
        model.toString(), DeviceChoice.CPU, BATCH, spark.sparkContext().hadoopConfiguration());
  }

  private double compressMillis(Path model) {
    try (SharedModels.Lease<VisionTower> lease = tower(model)) {
      VisionInfo info = lease.model().info();
      TokenShape shape = info.shape(FRAMES, ((FixedFit) info.fit()).size());
      float[] tokens = new float[Math.toIntExact(shape.elements())];
      Random random = new Random(2);
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = (float) random.nextGaussian();
      }
      TokenBlock block = new TokenBlock(shape, TokenFormat.BF16, TokenFormat.BF16.encode(tokens));
      TokenCompressor compressor = Compressors.of(COMPRESSION);
      CpuClock start = CpuClock.now();
      for (int i = 0; i < videos; i++) {
        block.keep(compressor.select(block), TokenFormat.BF16);
      }
      return CpuClock.now().since(start).ownNanos() / 1e6;
    }
  }
}
