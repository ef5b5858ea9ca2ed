package io.tokenreel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tokenreel.cli.StandaloneCluster.Worker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said of a cluster that gives no executor. */
class ExecutorWatchTest {

  private static final List<Worker> SMALL =
      List.of(new Worker("node1", 2, 4096), new Worker("node2", 4, 2048));

  @Test
  void line_propertiesGiven_namesThemAndWhatTheClusterHas() {
    Map<String, String> asked =
        Map.of("spark.executor.memory", "6g", "spark.executor.cores", "8", "spark.app.name", "x");
    assertEquals(
        "tokenreel: still no executor from spark://h:7077. Asked for: spark.executor.cores=8 (cores each), spark.executor.memory=6g (memory each). The cluster has no worker. Waiting; Ctrl-C stops.",
        ExecutorWatch.line("spark://h:7077", asked::get, "The cluster has no worker."));
  }

  @Test
  void line_nothingGiven_namesSparksDefault() {
    assertEquals(
        "tokenreel: still no executor from yarn. Asked for: Spark's defaults, 1g of memory each. Waiting; Ctrl-C stops.",
        ExecutorWatch.line("yarn", key -> null, ""));
  }

  @Test
  void describe_workersTooSmall_saysWhatToAskFor() {
    Map<String, String> asked = Map.of("spark.executor.memory", "6g", "spark.executor.cores", "8");
    assertEquals(
        "The cluster has 2 workers: node1 with 2 cores and 4096 MB, node2 with 4 cores and 2048 MB. None is large enough for one executor: ask for less, by --conf spark.executor.cores=N and spark.executor.memory=SIZE, or start larger workers.",
        StandaloneCluster.describe(SMALL, asked::get));
    Map<String, String> onePart =
        Map.of("spark.executor.memory", "3g", "spark.executor.cores", "4");
    assertEquals(
        StandaloneCluster.describe(SMALL, asked::get),
        StandaloneCluster.describe(SMALL, onePart::get));
  }

  @Test
  void describe_workersLargeEnoughOrNone_saysSo() {
    Map<String, String> asked = Map.of("spark.executor.memory", "4096m");
    assertEquals(
        "The cluster has 1 worker: node1 with 2 cores and 4096 MB. Others have them.",
        StandaloneCluster.describe(SMALL.subList(0, 1), asked::get));
    assertEquals("The cluster has no worker.", StandaloneCluster.describe(List.of(), asked::get));
  }
}
