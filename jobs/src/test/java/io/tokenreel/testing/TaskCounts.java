package io.tokenreel.testing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What the tasks of a Spark context count while this is open: the named accumulators of those that
 * succeeded, how many failed, and the jobs that were started.
 */
public final class TaskCounts extends SparkListener implements AutoCloseable {

  private final SparkContext context;
  private final Map<String, Long> counted = new TreeMap<>();
  private CountDownLatch jobEnded = new CountDownLatch(0);
  private int failedTasks;
  private int jobs;
  private int ownJobs;

  public TaskCounts(SparkContext context) {
    this.context = context;
    context.addSparkListener(this);
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskInfo().failed()) {
      failedTasks++;
    }
    for (AccumulableInfo info : CollectionConverters.asJava(task.taskInfo().accumulables())) {
      if (info.name().isDefined() && info.update().isDefined()) {
        if (info.update().get() instanceof Long update) {
          counted.merge(info.name().get(), update, Long::sum);
        }
      }
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    jobs++;
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    jobEnded.countDown();
  }

  /** Sum of an accumulator over all tasks that have ended by now. */
  public long counted(String accumulator) throws InterruptedException {
    awaitEvents();
    synchronized (this) {
      return counted.getOrDefault(accumulator, 0L);
    }
  }

  public int failedTasks() throws InterruptedException {
    awaitEvents();
    synchronized (this) {
      return failedTasks;
    }
  }

  /** Jobs that have been started by now. */
  public int jobs() throws InterruptedException {
    awaitEvents();
    synchronized (this) {
      return jobs - ownJobs;
    }
  }

  /** Events are delivered late but in order: when a last job's end is here, so is all before it. */
  private void awaitEvents() throws InterruptedException {
    CountDownLatch latch;
    synchronized (this) {
      // The end of an earlier job may still be on its way, hence more than one.
      jobEnded = new CountDownLatch(1);
      ownJobs++;
      latch = jobEnded;
    }
    new JavaSparkContext(context).parallelize(List.of(1), 1).count();
    if (!latch.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("Spark's listener bus delivered nothing for 30 s");
    }
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
  }
}
