package io.tokenreel.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.DeployMessages;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.master.WorkerInfo;
import org.apache.spark.rpc.RpcAddress;
import scala.reflect.ClassTag;

/**
 * What a standalone cluster has, as its master tells its web page. This class is what touches
 * Spark's messages between its processes.
 */
final class StandaloneCluster {

  private static final String DEFAULT_MEMORY = "1g";

  private StandaloneCluster() {}

  /** A worker as it was started: what it has is not what it has left. */
  record Worker(String host, int cores, int megabytes) {

    boolean holds(int cores, long megabytes) {
      return this.cores >= cores && this.megabytes >= megabytes;
    }

    @Override
    public String toString() {
      return "%s with %d cores and %d MB".formatted(host, cores, megabytes);
    }
  }

  /**
   * What the cluster has, and what follows for an executor that was asked for.
   *
   * @param property Spark's, by name; null where it is not set
   */
  static String describe(String master, UnaryOperator<String> property) {
    return workers(master)
        .map(workers -> describe(workers, property))
        .orElse("The master does not answer: is it running, and is the URL right?");
  }

  /** As {@link #describe(String, UnaryOperator)}, of workers that are known. */
  static String describe(List<Worker> workers, UnaryOperator<String> property) {
    if (workers.isEmpty()) {
      return "The cluster has no worker.";
    }
    String has =
        "The cluster has %d worker%s: %s. "
            .formatted(
                workers.size(),
                workers.size() > 1 ? "s" : "",
                workers.stream().map(Worker::toString).collect(Collectors.joining(", ")));
    String memory = property.apply("spark.executor.memory");
    String cores = property.apply("spark.executor.cores");
    long megabytes = megabytes(memory == null ? DEFAULT_MEMORY : memory);
    int least = cores == null ? 1 : Integer.parseInt(cores);
    boolean fits = workers.stream().anyMatch(worker -> worker.holds(least, megabytes));
    return has
        + (fits
            ? "Others have them."
            : "None is large enough for one executor: ask for less, by --conf spark.executor.cores=N and spark.executor.memory=SIZE, or start larger workers.");
  }

  private static long megabytes(String memory) {
    String name = "spark.executor.memory";
    return new SparkConf(false).set(name, memory).getSizeAsMb(name);
  }

  private static Optional<List<Worker>> workers(String master) {
    SparkEnv env = SparkEnv.get();
    if (env == null) {
      return Optional.empty();
    }
    try {
      DeployMessages.MasterStateResponse state =
          env.rpcEnv()
              .setupEndpointRef(
                  RpcAddress.fromSparkURL(master.split(",")[0]), Master.ENDPOINT_NAME())
              .askSync(
                  DeployMessages.RequestMasterState$.MODULE$,
                  ClassTag.apply(DeployMessages.MasterStateResponse.class));
      return Optional.of(
          Arrays.stream(state.workers())
              .filter(WorkerInfo::isAlive)
              .map(worker -> new Worker(worker.host(), worker.cores(), worker.memory()))
              .toList());
    } catch (Exception e) { // Scala declares no exceptions; a master that is not there is an answer
      return Optional.empty();
    }
  }
}
