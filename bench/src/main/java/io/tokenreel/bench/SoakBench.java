package io.tokenreel.bench;

import io.tokenreel.pipeline.run.PrecomputeJob;
import io.tokenreel.pipeline.run.Progress;
import io.tokenreel.pipeline.run.RunSummary;
import io.tokenreel.stage.LocalFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * One long precompute run over short generated videos, in a hundred waves: whether anything grows,
 * slows down or is left behind. Looks are taken all the time and set against each other by tenths
 * of the run, of which the first is for warming up.
 */
final class SoakBench {

  private static final int WAVES = 100;

  /** Longer than a decoder waits for the next task, and its end. */
  private static final Duration IDLE_DECODERS = Duration.ofSeconds(15);

  private final SparkSession spark;
  private final int videos;
  private final Duration betweenLooks;

  /**
   * What was found.
   *
   * @param rows the last tenth beside the second
   * @param broken the promises that do not hold, each in a sentence
   * @param left what should be gone and is not, each with its kind
   */
  record Findings(List<BenchRow> rows, List<String> broken, List<String> left) {}

  SoakBench(SparkSession spark, int videos, Duration betweenLooks) {
    this.spark = spark;
    this.videos = videos;
    this.betweenLooks = betweenLooks;
  }

  Findings run() throws IOException {
    Set<Integer> persistedBefore = persisted().keySet();
    try (ScratchFolder folder = new ScratchFolder("soak-bench")) {
      Path input = folder.resolve("videos");
      ShortClips.render(input, videos);
      Path cache = folder.resolve("cache");
      List<Footprint> looks;
      long start = System.currentTimeMillis();
      try (Looks taken = new Looks(betweenLooks)) {
        RunSummary summary =
            new PrecomputeJob(
                    spark,
                    ShortClips.settings(input, cache, Math.max(1, videos / WAVES)),
                    Progress.silent())
                .run();
        if (summary.ok() != videos) {
          throw new IllegalStateException("not all of the videos are OK: " + summary);
        }
        looks = taken.soFar();
      }
      SoakTenths tenths = new SoakTenths(start, List.copyOf(CommitTimes.of(cache).values()), looks);
      return new Findings(
          tenths.rows(), tenths.broken(), leftInTheEnd(folder.path(), persistedBefore));
    }
  }

  /** What is still there when decoders that no task took would have ended. */
  private List<String> leftInTheEnd(Path folder, Set<Integer> persistedBefore) throws IOException {
    long end = System.nanoTime() + IDLE_DECODERS.toNanos();
    List<String> left = List.of("not looked at");
    while (!left.isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
      try {
        left = left(folder, persistedBefore);
      } catch (NoSuchFileException e) {
        // A folder was removed while it was looked at.
      }
    }
    return left;
  }

  /** Children, open files, temporary folders and persisted rows that the run should have ended. */
  private List<String> left(Path folder, Set<Integer> persistedBefore) throws IOException {
    List<String> left = new ArrayList<>();
    ProcessHandle.current().descendants().forEach(child -> left.add("child process " + child));
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : open.toList()) {
        String target = target(descriptor);
        if (target.startsWith(folder.toString()) || target.contains("tokenreel-decoder-")) {
          left.add("open file " + target);
        }
      }
    }
    try (Stream<Path> temporary = Files.walk(LocalFolder.ofProcess().getParent(), 2)) {
      String ours = "tokenreel-decoder-" + ProcessHandle.current().pid() + "-";
      temporary
          .filter(path -> path.getFileName().toString().startsWith(ours))
          .forEach(path -> left.add("temporary folder " + path));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    persisted()
        .forEach(
            (id, rows) -> {
              if (!persistedBefore.contains(id)) {
                left.add("persisted rows " + rows);
              }
            });
    return left;
  }

  private Map<Integer, JavaRDD<?>> persisted() {
    return Map.copyOf(JavaSparkContext.fromSparkContext(spark.sparkContext()).getPersistentRDDs());
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // it was closed a moment ago
    }
  }

  /** Looks taken by a thread of its own. */
  private static final class Looks implements AutoCloseable {

    private final ConcurrentLinkedQueue<Footprint> taken = new ConcurrentLinkedQueue<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledFuture<?> looking;

    Looks(Duration between) {
      looking =
          timer.scheduleWithFixedDelay(this::look, 0, between.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
      try {
        taken.add(Footprint.now());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** An error if a look failed, for none is taken after it. */
    List<Footprint> soFar() throws IOException {
      if (looking.isDone()) {
        try {
          looking.get();
        } catch (InterruptedException | ExecutionException e) {
          throw new IOException("a look at the process failed", e);
        }
      }
      return List.copyOf(taken);
    }

    @Override
    public void close() {
      timer.shutdownNow();
    }
  }
}
