package io.tokenreel.pipeline.run;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.apache.spark.SparkContext;

/**
 * Work with Spark jobs of its own that goes on in a thread of its own while the caller goes on;
 * closing it before its end cancels its jobs. Neither {@link #close} nor {@link #end} returns
 * before that thread has ended: what it writes to is its caller's to release.
 */
final class ConcurrentJob implements AutoCloseable {

  /** What is done while the caller works. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception; // Spark's are checked, and not declared
  }

  private final SparkContext context;
  private final String group = "tokenreel-" + UUID.randomUUID();
  private final FutureTask<Void> work;
  private final Thread thread;

  private ConcurrentJob(SparkContext context, String description, Work work) {
    this.context = context;
    this.work =
        new FutureTask<>(
            () -> {
              context.setJobGroup(group, description, false);
              work.run();
              return null;
            });
    this.thread = new Thread(this.work, description);
  }

  /**
   * Begins the work.
   *
   * @param description for Spark's UI and the thread's name
   */
  static ConcurrentJob start(SparkContext context, String description, Work work) {
    ConcurrentJob job = new ConcurrentJob(context, description, work);
    job.thread.start();
    return job;
  }

  /** Throws what the work has thrown, if it has ended so. */
  void check() throws IOException {
    if (work.isDone()) {
      await();
    }
  }

  /** Waits until the work is done, and throws what it throws. */
  void await() throws IOException {
    try {
      work.get();
    } catch (ExecutionException e) {
      throw ConcurrentJob.<RuntimeException>asItIs(e.getCause());
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Undeclared as Spark throws its own: callers tell a failed job from other errors by it. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E asItIs(Throwable cause) throws E {
    throw (E) cause;
  }

  /** Cancels what is not done, and returns when nothing of it runs any more. */
  @Override
  public void close() {
    try {
      if (thread.isAlive() && !context.isStopped()) {
        context.cancelJobGroupAndFutureJobs(group);
      }
    } finally {
      end();
    }
  }

  /** Returns when nothing of it runs any more; an interrupt is kept for the caller. */
  void end() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private IOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while waiting for " + thread.getName());
  }
}
