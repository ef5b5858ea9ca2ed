package io.tokenreel.bench;

import io.tokenreel.cli.CommandSession;
import io.tokenreel.cli.SessionOptions;
import io.tokenreel.model.family.llava.SeededCheckpoint;
import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.SparkSession;

/**
 * Weak scaling: as many videos again for every executor that is added. Each executor is held to one
 * core with its decoder process, because an executor of "one core" would otherwise decode on a
 * second one; the driver has no core of its own.
 */
final class ScalingBench {

  private static final int EXECUTORS = 2;
  private static final int WARM_UP_VIDEOS = 8;

  private final SessionOptions session;
  private final int videosPerExecutor;

  /**
   * @param videos of all executors
   */
  ScalingBench(SessionOptions session, int videos) {
    this.session = session;
    this.videosPerExecutor = Math.max(1, videos / EXECUTORS);
  }

  /** One executor, then two with twice the videos and with as many. */
  List<BenchRow> run() throws IOException {
    try (ScratchFolder folder = new ScratchFolder("scaling-bench")) {
      Path one = folder.resolve("one");
      Path more = folder.resolve("more");
      Path few = folder.resolve("few");
      PipelineBench.render(few, WARM_UP_VIDEOS);
      PipelineBench.render(one, videosPerExecutor);
      PipelineBench.render(more, EXECUTORS * videosPerExecutor);
      Path model = folder.resolve("model");
      SeededCheckpoint.base(4).write(model);
      double single;
      double weak;
      double strong;
      try (CommandSession opened = executors(1)) {
        SparkSession spark = opened.spark();
        precompute(spark, few, model);
        single = videosPerExecutor / precompute(spark, one, model);
      }
      try (CommandSession opened = executors(EXECUTORS)) {
        SparkSession spark = opened.spark();
        precompute(spark, few, model);
        weak = EXECUTORS * videosPerExecutor / precompute(spark, more, model);
        strong = videosPerExecutor / precompute(spark, one, model);
      }
      String yardstick = EXECUTORS + " times one executor's";
      return List.of(
          row(videosPerExecutor + " videos on one executor", single, 1, "itself"),
          row(
              EXECUTORS * videosPerExecutor + " videos on " + EXECUTORS,
              weak,
              weak / (EXECUTORS * single),
              yardstick),
          row(
              videosPerExecutor + " videos on " + EXECUTORS,
              strong,
              strong / (EXECUTORS * single),
              yardstick));
    }
  }

  private static BenchRow row(String name, double perSecond, double ratio, String yardstick) {
    return new BenchRow(name, perSecond, "videos/s", ratio, yardstick);
  }

  private CommandSession executors(int executors) throws IOException {
    CommandSession opened = session.localCluster("bench", executors);
    ExecutorCores.pin(executors);
    return opened;
  }

  /** The seconds that a run takes. */
  private static double precompute(SparkSession spark, Path input, Path model) throws IOException {
    Path cache = input.resolveSibling("cache");
    try {
      long start = System.nanoTime();
      new PrecomputeJob(spark, PipelineBench.settings(input, model, cache), Progress.silent())
          .run();
      return (System.nanoTime() - start) / 1e9;
    } finally {
      FileUtils.deleteDirectory(cache.toFile());
    }
  }
}
