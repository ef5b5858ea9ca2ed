package io.tokenreel.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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
 * Of a Spark context, while this is open: how many jobs it ran, and how long tasks that count
 * something were at work. Read once.
 */
final class TaskTimes extends SparkListener implements AutoCloseable {

  /** A local property of the job that ends the measurement. */
  private static final String LAST = "tokenreel.bench.last";

  private record Span(long begin, long end) {}

  private final SparkContext context;
  private final String counter;
  private final List<Span> spans = new ArrayList<>();
  private final CountDownLatch lastEnded = new CountDownLatch(1);
  private int lastJob = -1;
  private int jobs;

  /**
   * @param counter an accumulator's name
   */
  TaskTimes(SparkContext context, String counter) {
    this.context = context;
    this.counter = counter;
    context.addSparkListener(this);
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    if (job.properties().containsKey(LAST)) {
      lastJob = job.jobId();
    } else {
      jobs++;
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    if (job.jobId() == lastJob) {
      lastEnded.countDown();
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    for (AccumulableInfo info : CollectionConverters.asJava(task.taskInfo().accumulables())) {
      if (info.name().isDefined() && info.name().get().equals(counter)) {
        spans.add(new Span(task.taskInfo().launchTime(), task.taskInfo().finishTime()));
        return;
      }
    }
  }

  /**
   * What there was until now.
   *
   * @param jobs that were started
   * @param millis wall time in which at least one task was at work that added to the counter
   * @param taskMillis the times of these tasks together
   */
  record Times(int jobs, long millis, long taskMillis) {}

  Times read() {
    awaitEvents();
    synchronized (this) {
      spans.sort(Comparator.comparingLong(Span::begin));
      long millis = 0;
      long taskMillis = 0;
      long until = 0;
      for (Span span : spans) {
        taskMillis += span.end - span.begin;
        millis += Math.max(0, span.end - Math.max(span.begin, until));
        until = Math.max(until, span.end);
      }
      return new Times(jobs, millis, taskMillis);
    }
  }

  /** Events are delivered late but in order: with the end of a last job, all before it is here. */
  private void awaitEvents() {
    context.setLocalProperty(LAST, "true");
    new JavaSparkContext(context).parallelize(List.of(1), 1).count();
    context.setLocalProperty(LAST, null);
    try {
      if (!lastEnded.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Spark's listener bus delivered nothing for 30 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Spark's events", e);
    }
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
  }
}
