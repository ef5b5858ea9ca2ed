package io.tokenreel.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.sql.SparkSession;

/**
 * Says when a job on a cluster has got no executor, what it asked for, and what the cluster has if
 * that can be known; and goes on waiting, for a cluster may be busy, or about to grow.
 */
final class ExecutorWatch implements AutoCloseable {

  private static final long FIRST_SECONDS = 15;
  private static final long AGAIN_SECONDS = 300;

  /** What is asked for: the property, and how it is named in the line. */
  private static final Map<String, String> ASKED =
      Map.of(
          "spark.executor.instances", "executors",
          "spark.executor.cores", "cores each",
          "spark.executor.memory", "memory each",
          "spark.executor.memoryOverhead", "memory outside the heap each",
          "spark.executor.resource.gpu.amount", "GPUs each",
          "spark.cores.max", "cores in all");

  private final String master;
  private final UnaryOperator<String> property;
  private final Consumer<String> say;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "tokenreel-executor-watch");
            thread.setDaemon(true);
            return thread;
          });

  private ExecutorWatch(String master, UnaryOperator<String> property, Consumer<String> say) {
    this.master = master;
    this.property = property;
    this.say = say;
  }

  /**
   * Watches from here on, which may be before Spark has started: on some clusters its start is what
   * waits.
   *
   * @param master as Spark was given it
   * @param property Spark's, by name; null where it is not set
   * @param say takes the line
   */
  static ExecutorWatch start(String master, UnaryOperator<String> property, Consumer<String> say) {
    ExecutorWatch watch = new ExecutorWatch(master, property, say);
    if (!master.startsWith("local")) {
      watch.timer.scheduleWithFixedDelay(
          watch::look, FIRST_SECONDS, AGAIN_SECONDS, TimeUnit.SECONDS);
    }
    return watch;
  }

  private void look() {
    SparkSession session =
        SparkSession.getActiveSession()
            .orElse(SparkSession::getDefaultSession)
            .getOrElse(() -> null);
    if (session != null && isServed(session.sparkContext())) {
      return;
    }
    String has = master.startsWith("spark://") ? StandaloneCluster.describe(master, property) : "";
    say.accept(line(master, property, has));
  }

  /** Whether an executor is there, or none is wanted yet. */
  private boolean isServed(SparkContext context) {
    SparkStatusTracker status = context.statusTracker();
    boolean onDemand = Boolean.parseBoolean(property.apply("spark.dynamicAllocation.enabled"));
    return status.getExecutorInfos().length > 1 // the driver is among them
        || (onDemand && status.getActiveStageIds().length == 0);
  }

  /** The line itself. */
  static String line(String master, UnaryOperator<String> property, String has) {
    List<String> asked = new ArrayList<>();
    ASKED.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .filter(entry -> property.apply(entry.getKey()) != null)
        .forEach(
            entry ->
                asked.add(
                    "%s=%s (%s)"
                        .formatted(
                            entry.getKey(), property.apply(entry.getKey()), entry.getValue())));
    return "tokenreel: still no executor from %s. Asked for: %s. %sWaiting; Ctrl-C stops."
        .formatted(
            master,
            asked.isEmpty()
                ? "Spark's defaults, 1g of memory each"
                : asked.stream().collect(Collectors.joining(", ")),
            has.isEmpty() ? "" : has + " ");
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
